import Foundation

extension Error {
    /// Why a file could not be read or written, in the system's words ("Permission denied"), without Foundation's sentences around them.
    package var systemReason: String {
        var error: (any Error)? = self
        while let current = error {
            let described = current as NSError
            if described.domain == NSPOSIXErrorDomain, let code = Int32(exactly: described.code) {
                return String(cString: strerror(code))
            }
            error = described.userInfo[NSUnderlyingErrorKey] as? any Error
        }
        return localizedDescription
    }
}
