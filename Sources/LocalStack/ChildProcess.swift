import Foundation
package import Glibc

/// A program started apart from us: its own session, no descriptor of ours but the three that are named, and no environment
/// of the caller's that could change what it does.
package struct ChildProcess: Sendable {
    package let identifier: pid_t

    /// Starts a program. Its output goes to the end of `log`; its input comes from `input`, which is a file.
    package init(
        _ executable: String, _ arguments: [String], input: String = "/dev/null", log: String
    ) throws(LocalStackError) {
        self = try Self.start(executable, arguments, account: nil, log: log) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        }
    }

    /// As above, with a descriptor of ours for its input.
    package init(
        _ executable: String, _ arguments: [String], inputDescriptor: Int32, log: String
    ) throws(LocalStackError) {
        self = try Self.start(executable, arguments, account: nil, log: log) { actions in
            posix_spawn_file_actions_adddup2(&actions, inputDescriptor, 0)
        }
    }

    /// As the first, run as another account.
    init(
        _ executable: String, _ arguments: [String], input: String = "/dev/null", log: String, account: ServerAccount?
    ) throws(LocalStackError) {
        self = try Self.start(executable, arguments, account: account, log: log) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        }
    }

    private init(identifier: pid_t) {
        self.identifier = identifier
    }

    private static func start(
        _ executable: String, _ arguments: [String], account: ServerAccount?, log: String,
        _ openInput: (inout posix_spawn_file_actions_t) -> Int32
    ) throws(LocalStackError) -> ChildProcess {
        // `env` and `setpriv` replace themselves by what they run, so the process number is the program's.
        guard let env = ServerPrograms.find("env") else { throw .programMissing("env", package: "coreutils") }
        // The caller's directory may be one that the account cannot enter.
        var command = [env, "--chdir=/"]
        if let account {
            guard let setpriv = ServerPrograms.find("setpriv") else {
                throw .programMissing("setpriv", package: "util-linux")
            }
            command += [setpriv, "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups", "--"]
        }
        command += [executable] + arguments

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        _ = openInput(&actions)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        for descriptor in inheritableDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        let setSession: Int16 = 0x80  // POSIX_SPAWN_SETSID, which glibc shows to GNU sources only
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        posix_spawnattr_setsigmask(&attributes, &unblocked)
        posix_spawnattr_setflags(&attributes, setSession | Int16(POSIX_SPAWN_SETSIGMASK))

        let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=/"]
        let argumentPointers = command.map { strdup($0) } + [nil]
        let environmentPointers = environment.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var identifier: pid_t = 0
        let failure = posix_spawn(
            &identifier, command[0], &actions, &attributes, argumentPointers, environmentPointers)
        guard failure == 0 else {
            throw LocalStackError(.serverFailed, "cannot run \(command[0]): \(String(cString: strerror(failure)))")
        }
        return ChildProcess(identifier: identifier)
    }

    /// Descriptors that a program would get from us unasked. One that is left open keeps its other end waiting.
    private static func inheritableDescriptors() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { descriptor in
            let flags = fcntl(descriptor, F_GETFD)
            return descriptor > 2 && flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }

    /// The exit status if it has ended, 128 + n for death by signal n, nil while it runs.
    package func exitStatus() -> Int32? {
        var status: Int32 = 0
        guard waitpid(identifier, &status, WNOHANG) != 0 else { return nil }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Waits for the end without holding a thread.
    package func waitForExit(within limit: Duration) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while true {
            if let status = exitStatus() { return status }
            guard ContinuousClock.now < deadline else {
                kill(identifier, SIGKILL)
                throw LocalStackError(.serverFailed, "a program took longer than \(limit.components.seconds) s and was ended")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
