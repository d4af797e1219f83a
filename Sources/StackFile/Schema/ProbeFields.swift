import Addressing
import StackModel

/// Roost's own `x-startup`, `x-liveness`, `x-readiness` and `x-on-unhealthy` of a service: Kubernetes' probes. Docker
/// Compose passes over them.
enum ProbeFields {
    static let all: [Field<Service>] = [
        Field("x-startup", single, "How to see that the container has started.") { service, probe in
            service.container.mutateProbes { $0.startup = probe }
        },
        Field("x-liveness", single, "How to see that the container has to begin anew.") { service, probe in
            service.container.mutateProbes { $0.liveness = probe }
        },
        Field("x-readiness", form, "How to see that the container can take requests.") { service, probe in
            service.container.mutateProbes { $0.readiness = probe }
        },
        Field(
            "x-on-unhealthy", Form<UnhealthyAction>.choice(.choice("restart", "stop", "none")),
            "What happens to a container that doesn't work."
        ) { service, action in service.container.mutateProbes { $0.onUnhealthy = action } },
    ]

    private struct Draft {
        var checks: [ProbeCheck] = []
        /// The check is replaced when the table is read.
        var probe = Probe(.exec([]))
    }

    /// Ten years.
    private static let longest: Int64 = 315_360_000
    private static let seconds = Form<Int>.integer(1...longest)
    private static let threshold = Form<Int>.integer(1...1_000_000)

    private static let form = Form<Probe>(fields, from: Draft()) { draft, node, place, resolution in
        guard draft.checks.count == 1 else {
            resolution.fault("must say one of exec, http, tcp and grpc", at: node.mark, place)
            return nil
        }
        var probe = draft.probe
        probe.check = draft.checks[0]
        return probe
    }

    /// As Kubernetes wants it of what isn't readiness.
    private static let single = Form<Probe>(form.shape) { node, place, resolution in
        guard let probe = form.value(node, place, &resolution) else { return nil }
        if let node = node["successThreshold"], probe.successThreshold != 1 {
            resolution.fault(
                "must be 1: only readiness can come back", at: node.mark, place.key("successThreshold", node.mark))
        }
        return probe
    }

    private static let fields = Fields<Draft>([
        Field("exec", .command, "A command in the container.", .asWritten) { draft, command in
            if !command.isEmpty { draft.checks.append(.exec(command)) }
        },
        Field("http", http, "A request, answered with 200 to 399.", .asWritten) { $0.checks.append(.http($1)) },
        Field("tcp", tcp, "A connection.", .asWritten) { $0.checks.append($1) },
        Field("grpc", grpc, "The standard health service.", .asWritten) { $0.checks.append($1) },
        Field(
            "initialDelaySeconds", .integer(0...longest), "Time from the start to the first probe.",
            to: \.probe.initialDelaySeconds),
        Field("periodSeconds", seconds, "Time between two probes.", to: \.probe.periodSeconds),
        Field("timeoutSeconds", seconds, "How long a probe may take.", to: \.probe.timeoutSeconds),
        Field("successThreshold", threshold, "Successes in a row that count.", to: \.probe.successThreshold),
        Field("failureThreshold", threshold, "Failures in a row that count.", to: \.probe.failureThreshold),
    ])

    private struct Target {
        var path = "/"
        var port: UInt16 = 0
        var host: IPAddress?
        var scheme = HTTPCheck.Scheme.http
        var headers: [HTTPCheck.Header] = []
        var service = ""
    }

    private static let port = Field<Target>("port", .integer(1...65_535), "The container's port.", to: \.port)
    private static let host = Field<Target>(
        "host", .address, "An address in place of the container's loopback.", to: \.host)

    private static let http = Form<HTTPCheck>(httpFields, from: Target()) { target, _, _, _ in
        HTTPCheck(
            path: target.path, port: target.port, host: target.host, scheme: target.scheme, headers: target.headers)
    }

    private static let httpFields = Fields<Target>(
        required: ["port"],
        [
            Field("path", .text(.text(path)), "The path, / if none is named.", to: \.path),
            port, host,
            Field(
                "scheme",
                Form<HTTPCheck.Scheme>(.text, HTTPCheck.Scheme.init(rawValue:)) { _ in
                    "is not supported: HTTP is"
                }, "HTTP.", to: \.scheme),
            Field("httpHeaders", .list(of: Form(header, from: .init(name: "", value: ""))), "Headers.", to: \.headers),
        ])

    private static let header = Fields<HTTPCheck.Header>(
        required: ["name", "value"],
        [
            Field("name", .text(.text(headerName)), "The header.", to: \.name),
            Field("value", .text(.text(oneLine)), "Its value.", to: \.value),
        ])

    private static let tcp = Form<ProbeCheck>(Fields<Target>(required: ["port"], [port, host]), from: Target()) {
        target, _, _, _ in .tcp(port: target.port, host: target.host)
    }

    private static let grpc = Form<ProbeCheck>(
        Fields<Target>(
            required: ["port"],
            [port, Field("service", .text(.text(oneLine)), "The service that is asked for.", to: \.service)]),
        from: Target()
    ) { target, _, _, _ in .grpc(port: target.port, service: target.service) }

    @Sendable private static func path(_ text: String) -> String? {
        if !text.hasPrefix("/") { return "must begin with /" }
        // What would end the request's first line.
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } ? nil : "must have no spaces and no control characters"
    }

    @Sendable private static func headerName(_ text: String) -> String? {
        let isToken = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !#"():;<=>?@[\]{}"/,"#.utf8.contains($0) }
        return isToken && !text.isEmpty ? nil : "is not the name of a header"
    }

    @Sendable private static func oneLine(_ text: String) -> String? {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } ? nil : "must be one line"
    }
}

extension ContainerSettings {
    fileprivate mutating func mutateProbes(_ change: (inout Probes) -> Void) {
        var changed = probes ?? Probes()
        change(&changed)
        probes = changed
    }
}
