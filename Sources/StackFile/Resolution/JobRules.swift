import StackModel

/// What holds for a service whose containers run to their end: one of `deploy.mode: replicated-job` or `global-job`, or
/// with an `x-schedule`.
enum JobRules {
    /// As often as Kubernetes tries a job of a CronJob (JobSpec v1, `backoffLimit`).
    private static let attempts = 6

    static func apply(to service: inout Service, _ node: Node, _ place: Place, _ resolution: inout Resolution) {
        guard service.isJob == true || service.schedule != nil else { return }
        restart(&service, node, place, &resolution)
        guard service.schedule != nil else { return }
        for (node, place) in replicas(node, place) where node.integer != 1 {
            resolution.fault(
                "and x-schedule exclude each other: each run is one container", at: node.mark, place)
        }
    }

    private static func restart(
        _ service: inout Service, _ node: Node, _ place: Place, _ resolution: inout Resolution
    ) {
        let policy = node["deploy"]?["restart_policy"]
        if let policy, policy["condition"] == nil {
            service.container.restart = .onFailure(maximumRetries: policy["max_attempts"]?.integer.map(Int.init))
        } else if policy == nil, node["restart"] == nil {
            service.container.restart = .onFailure(maximumRetries: service.schedule == nil ? nil : attempts)
        }
        guard [.always, .unlessStopped].contains(service.container.restart) else { return }
        let said = policy?["condition"] ?? node["restart"] ?? node
        resolution.fault(
            "\"\(said.string ?? "")\" is no restart policy of a job, which runs to its end", at: said.mark,
            place.key(policy == nil ? "restart" : "deploy", said.mark), suggestion: "use no or on-failure")
    }

    private static func replicas(_ node: Node, _ place: Place) -> [(Node, Place)] {
        let deploy = node["deploy"]
        let said = [
            node["scale"].map { ($0, place.key("scale", $0.mark)) },
            deploy?["replicas"].map { ($0, place.key("deploy", $0.mark).key("replicas", $0.mark)) },
        ]
        return said.compactMap(\.self)
    }

    /// Nothing can wait for a container that is there at its times only.
    static func checkDependencies(_ service: Service, _ node: Node, _ place: Place, _ resolution: inout Resolution) {
        let services = resolution.project.section("services")
        guard let dependencies = node["depends_on"] else { return }
        for name in service.dependsOn.keys.sorted() where services[name]?["x-schedule"].map({ !$0.isNull }) == true {
            resolution.fault(
                "runs at its times only (x-schedule), so that nothing can wait for it", at: dependencies.mark,
                place.key("depends_on", dependencies.mark).key(name, dependencies.mark))
        }
    }
}
