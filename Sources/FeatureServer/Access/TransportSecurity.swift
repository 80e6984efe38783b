import NIOSSL

/// The server's certificate and key, for TLS.
package struct TransportSecurity: Sendable {
    let configuration: TLSConfiguration

    /// Reads PEM files: the certificate with those that vouch for it, and its key.
    package init(certificatePath: String, keyPath: String) throws(UnusableCertificate) {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificatePath)
            guard !chain.isEmpty else { throw UnusableCertificate(path: certificatePath, reason: "it has no certificate") }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: keyPath, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            // Finds out now whether key and certificate belong together.
            _ = try NIOSSLContext(configuration: configuration)
            self.configuration = configuration
        } catch let error as UnusableCertificate {
            throw error
        } catch {
            throw UnusableCertificate(path: "\(certificatePath) with \(keyPath)", reason: "\(error)")
        }
    }
}

package struct UnusableCertificate: Error, CustomStringConvertible {
    let path: String
    let reason: String

    package var description: String {
        "cannot use the certificate \(path): \(reason); both must be PEM files, and the key that of the first certificate"
    }
}
