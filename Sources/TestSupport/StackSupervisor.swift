import Glibc
import LocalStack
import Synchronization

/// Ends a test stack's servers and removes its folder when the test process is gone: after an exit, a crash or a kill -9.
///
/// It is a shell that reads a pipe of which only the test process has the other end. When that ends, for whatever reason, so
/// does the pipe.
enum StackSupervisor {
    private struct Watch {
        var pipe: Int32
        var shell: ChildProcess
    }

    private static let current = Mutex<Watch?>(nil)

    private static let script = """
        cat > /dev/null
        stop() { # signal, pid file
            [ -f "$2" ] || return 0
            read -r pid < "$2" || return 0
            case $pid in '' | *[!0-9]*) return 0 ;; esac
            # Only what works in our folder, which a zombie no longer does.
            case $(readlink "/proc/$pid/cwd") in
                "$folder"/*) kill -s "$1" "$pid" 2> /dev/null; busy=1 ;;
            esac
        }
        folder=$1
        tries=0
        while [ -e "$folder" ] && [ $tries -lt 400 ]; do
            tries=$((tries + 1)); busy=0
            stop QUIT "$folder/.asof/postgres/postmaster.pid"
            stop KILL "$folder/.asof/run/redis.pid"
            [ $busy = 1 ] || rm -rf "$folder" 2> /dev/null
            [ ! -e "$folder" ] || sleep 0.02
        done
        rm -rf "$folder"
        """

    static func watch(_ directory: String) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXFailure(code: errno) }
        // No child may inherit the end whose closing is the signal.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let shell = try ChildProcess(
            "/bin/sh", ["-c", script, "asof-test-supervisor", directory], inputDescriptor: ends[0], log: "/dev/null")
        close(ends[0])
        current.withLock { $0 = Watch(pipe: ends[1], shell: shell) }
        // So that nothing is left even a moment after an orderly end.
        atexit { StackSupervisor.finish() }
    }

    private static func finish() {
        guard let watch = current.withLock({ $0 }) else { return }
        close(watch.pipe)
        waitpid(watch.shell.identifier, nil, 0)
    }

    struct POSIXFailure: Error, CustomStringConvertible {
        let code: Int32
        var description: String { String(cString: strerror(code)) }
    }
}
