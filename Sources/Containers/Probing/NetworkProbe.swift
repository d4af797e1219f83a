import Addressing
import Blocking
import Glibc
import Images
import Kernel
import Planning
import StackModel

/// Probes over the network, from the container's own network namespace and without a process in the container: a thread
/// joins the namespace, asks, and ends.
enum NetworkProbe {
    static func run(_ probe: Probe, in processes: ContainerProcesses) async -> ProbeAnswer {
        do {
            return try await onOwnThread { cancellation in
                let limits = StreamSocket.Limits(
                    deadline: .now + .seconds(probe.timeoutSeconds), cancellation: cancellation.descriptor)
                let process = try ProcessDescriptor(processes.process)
                try Namespaces.join(process.descriptor, .network)
                return try answer(probe.check, limits)
            }
        } catch let error as KernelError {
            let isLate = error.errno == ETIMEDOUT
            return ProbeAnswer(outcome: isLate ? .timedOut : .exited(code: 1), output: "\(error)")
        } catch {
            return ProbeAnswer(outcome: .failed("\(error)"), output: "\(error)")
        }
    }

    private static func answer(_ check: ProbeCheck, _ limits: StreamSocket.Limits) throws -> ProbeAnswer {
        switch check {
        case .exec: return ProbeAnswer(outcome: .failed("it is a command"))
        case .tcp(let port, let host):
            _ = try connect(host, port, limits)
            return ProbeAnswer(outcome: .exited(code: 0), output: "connected")
        case .http(let check):
            let socket = try connect(check.host, check.port, limits)
            try socket.send(HTTPProbe.request(check))
            var received: [UInt8] = []
            while received.count < HTTPProbe.longestAnswer {
                let more = try socket.receive(atMost: HTTPProbe.longestAnswer - received.count)
                received += more
                if let answer = HTTPProbe.answer(received) { return answer }
                if more.isEmpty { break }
            }
            return ProbeAnswer(outcome: .exited(code: 1), output: "the connection ended before the answer")
        case .grpc(let port, let service):
            let socket = try connect(nil, port, limits)
            try socket.send(HealthServiceProbe.request(port: port, service: service))
            var reader = HealthServiceProbe.Reader()
            var count = 0
            while count < HTTPProbe.longestAnswer {
                let more = try socket.receive(atMost: HTTPProbe.longestAnswer - count)
                count += more.count
                if let answer = reader.take(more) { return answer }
                if more.isEmpty { break }
                try socket.send(reader.takeReplies())
            }
            return ProbeAnswer(outcome: .exited(code: 1), output: "the connection ended before the answer")
        }
    }

    /// The container's loopback in both versions of IP: a server may listen on one of them only.
    private static func connect(
        _ host: IPAddress?, _ port: UInt16, _ limits: StreamSocket.Limits
    ) throws(KernelError) -> StreamSocket {
        if let host { return try StreamSocket(connectingTo: host.bytes, port: port, limits) }
        do throws(KernelError) {
            return try StreamSocket(connectingTo: [127, 0, 0, 1], port: port, limits)
        } catch {
            guard error.errno == ECONNREFUSED else { throw error }
            do throws(KernelError) {
                return try StreamSocket(connectingTo: Array(repeating: 0, count: 15) + [1], port: port, limits)
            } catch let second {
                // Without IPv6 the first answer is the one that says something.
                throw second.errno == ECONNREFUSED ? second : error
            }
        }
    }
}
