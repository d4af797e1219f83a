extension ComposeCase {
    /// `deploy`.
    static let deployCases: [ComposeCase] = [
        .service(
            "all of deploy",
            "deploy: {mode: global, replicas: 2, endpoint_mode: vip, labels: {a: b}, update_config: {parallelism: 2, delay: 10s, failure_action: rollback, monitor: 1m, max_failure_ratio: 0.25, order: start-first}, rollback_config: {parallelism: 0, order: stop-first}, placement: {constraints: [node.labels.disktype==ssd], max_replicas_per_node: 2, preferences: [{spread: node.labels.zone}]}}"
        ),
        .service(
            "numbers as text",
            #"deploy: {replicas: "3", update_config: {parallelism: "2", max_failure_ratio: "0.1"}, placement: {max_replicas_per_node: "2"}, restart_policy: {max_attempts: "3"}}"#
        ),
        .service(
            "delays of nothing",
            "deploy: {update_config: {delay: 0s, monitor: 0s}, restart_policy: {delay: 0s, window: 0s}}"),
        .service(
            "empty parts",
            "deploy: {restart_policy: {}, update_config: {}, rollback_config: {}, resources: {limits: {}, reservations: {}}, placement: {}, labels: {}}"
        ),
        .service(
            "constraints named twice", "deploy: {placement: {constraints: [a, a], preferences: [{spread: x}, {}]}}"),
        .service("labels as list", "deploy: {labels: [a=1, a=2, b]}"),
        .service(
            "reserved devices",
            #"deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: all}, {capabilities: [nvidia-compute], driver: nvidia, device_ids: ["GPU-f123d1c9"], options: {virtualization: false}}, {capabilities: [a], count: "3", options: [a=b]}, {capabilities: [tpu]}]}}}"#
        ),
        .service(
            "generic resources",
            "deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu, value: 2}}, {discrete_resource_spec: {kind: x}}, {discrete_resource_spec: {}}, {}]}}}"
        ),
        .service("reservations", #"deploy: {resources: {reservations: {cpus: "0.25", memory: 20M}}}"#),
        .service("limits as numbers", #"deploy: {resources: {limits: {cpus: 0.5, memory: "0", pids: "5"}}}"#),
        .service("cpus with many digits", #"deploy: {resources: {limits: {cpus: "0.333333333"}}}"#),
        .service("a policy of any word", "deploy: {restart_policy: {condition: always}}"),
        .service("a mode of any word", "deploy: {mode: foo, endpoint_mode: bar}"),
        .service(
            "a rollback with everything",
            "deploy: {rollback_config: {parallelism: 1, delay: 5s, failure_action: pause, monitor: 1h, max_failure_ratio: 0.5, order: start-first}}"
        ),
        .service("an update that says little", "deploy: {update_config: {failure_action: foo}}"),
        .service("replicas with a point", "deploy: {replicas: 1.0}"),
        .service(
            "extensions",
            "deploy: {x-a: 1, resources: {x-b: 2, limits: {x-c: 3, cpus: 1}}, placement: {x-d: 4}, restart_policy: {x-e: 1}, update_config: {x-f: 1}}"
        ),
        .service(
            "the same limits twice",
            #"cpus: 0.5\#nmem_limit: 50m\#nmem_reservation: 20m\#npids_limit: 5\#ndeploy: {resources: {limits: {cpus: "0.5", memory: 50M, pids: 5}, reservations: {memory: 20M}}}"#
        ),
        .service("scale and deploy", "scale: 3\ndeploy: {replicas: 3}"),
        .service("scale shown in deploy", "scale: 3\ndeploy: {mode: replicated}"),
        .service("null", "deploy:"),
    ]
}
