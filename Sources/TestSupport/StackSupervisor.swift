import Glibc
import LocalStack
import Synchronization

/// Ends a test's servers and removes their folder when the test process is gone: after an exit, a crash or a kill -9.
///
/// It is a shell that reads a pipe of which only the test process has the other end. When that ends, for whatever reason, so
/// does the pipe.
struct StackSupervisor: Sendable {
    private let pipe: Int32
    private let shell: ChildProcess

    private static let script = """
        cat > /dev/null
        stop() { # signal, pid file
            [ -f "$2" ] || return 0
            read -r pid < "$2" || return 0
            case $pid in '' | *[!0-9]*) return 0 ;; esac
            # Only what works in our folder, which a zombie no longer does.
            case $(readlink "/proc/$pid/cwd") in
                "$folder" | "$folder"/*) kill -s "$1" "$pid" 2> /dev/null; busy=1 ;;
            esac
        }
        folder=$1; top=$2
        tries=0
        while [ -e "$folder" ] && [ $tries -lt 400 ]; do
            tries=$((tries + 1)); busy=0
            stop QUIT "$folder/.asof/postgres/postmaster.pid"
            for file in "$folder/.asof/run/redis.pid" "$folder"/redis.pid "$folder"/*/redis.pid; do stop KILL "$file"; done
            [ $busy = 1 ] || rm -rf "$top" 2> /dev/null
            [ ! -e "$folder" ] || sleep 0.02
        done
        rm -rf "$top"
        """

    /// Starts to watch over a project's folder; `top`, which holds it, is what will be removed.
    init(folder: String, top: String) throws {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw POSIXFailure(code: errno) }
        // No child may inherit the end whose closing is the signal.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipe = ends[1]
        shell = try ChildProcess(
            "/bin/sh", ["-c", Self.script, "asof-test-supervisor", folder, top], inputDescriptor: ends[0], log: "/dev/null")
        close(ends[0])
    }

    /// Cleans up now, and returns when all is gone.
    func finish() async throws {
        close(pipe)
        _ = try await shell.waitForExit(within: .seconds(30))
    }

    /// The same where nothing can be awaited; little should be left to do.
    func finishHere() {
        close(pipe)
        waitpid(shell.identifier, nil, 0)
    }

    /// The stack that the whole process shares, if it was started.
    private static let processWide = Mutex<StackSupervisor?>(nil)

    /// Cleans up when the process exits, and holds the exit up until all is gone.
    func finishAtExit() {
        Self.processWide.withLock { $0 = self }
        atexit {
            StackSupervisor.processWide.withLock { $0 }?.finishHere()
        }
    }

    struct POSIXFailure: Error, CustomStringConvertible {
        let code: Int32
        var description: String { String(cString: strerror(code)) }
    }
}
