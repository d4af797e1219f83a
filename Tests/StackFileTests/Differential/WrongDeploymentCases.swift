extension ComposeCase {
    /// `deploy`, `develop` and `build` that both refuse.
    static let wrongDeployments: [ComposeCase] = [
        .service("memory as a number", "deploy: {resources: {limits: {memory: 12}}}"),
        .service("an unknown order", "deploy: {update_config: {order: random}}"),
        .service("less than none at once", "deploy: {update_config: {parallelism: -1}}"),
        .service("a device that can do nothing", "deploy: {resources: {reservations: {devices: [{}]}}}"),
        .service("an ability named twice", "deploy: {resources: {reservations: {devices: [{capabilities: [a, a]}]}}}"),
        .service(
            "devices by number and name",
            "deploy: {resources: {reservations: {devices: [{capabilities: [a], count: 1, device_ids: [b]}]}}}"),
        .service("an unknown limit", "deploy: {resources: {limits: {gpus: 1}}}"),
        .service("an unknown preference", "deploy: {placement: {preferences: [{pack: a}]}}"),
        .service("replicas of words", "deploy: {replicas: many}"),
        .service("fewer than no replicas", "deploy: {replicas: -1}"),
        .service("cpus that the limits don't name", "cpus: 1\ndeploy: {resources: {limits: {memory: 1m}}}"),
        .service("other cpus", #"cpus: 1\#ndeploy: {resources: {limits: {cpus: "2"}}}"#),
        .service("other processes", "pids_limit: 1\ndeploy: {resources: {limits: {pids: 2}}}"),
        .service("another reservation", "mem_reservation: 1m\ndeploy: {resources: {reservations: {memory: 2m}}}"),
        .service("a name for several", "container_name: abc\ndeploy: {replicas: 2}"),
        .service("an empty path to watch", #"develop: {watch: [{path: "", action: rebuild}]}"#),
        .service("no target", "develop: {watch: [{path: x, action: sync}]}"),
        .service("an unknown action", "develop: {watch: [{path: x, action: foo}]}"),
        .service("no path to watch", "develop: {watch: [{action: rebuild}]}"),
        .service("a first sync as text", #"develop: {watch: [{path: x, action: rebuild, initial_sync: "yes"}]}"#),
        .service(
            "a command that is missing", "develop: {watch: [{path: x, action: sync+exec, target: /x, exec: {user: a}}]}"
        ),
        .service("an unknown key of build", "build: {file: x}"),
        .service("build as number", "build: 5"),
        .service("two Dockerfiles", "build: {dockerfile_inline: FROM x, dockerfile: y}"),
        .service("an SSH key without a path", "build: {ssh: [foo]}"),
        .service("a context without a value", "build: {additional_contexts: [a]}"),
        .service("a limit as text", #"build: {ulimits: {nofile: "5"}}"#),
        .service("an unknown secret", "build: {secrets: [s]}"),
        .service("a context of an unknown service", #"build: {additional_contexts: {a: "service:nobody"}}"#),
        ComposeCase(
            "a context of a service without build",
            #"services: {a: {build: {additional_contexts: {x: "service:b"}}}, b: {image: y}}"#),
        ComposeCase(
            "a platform that isn't built", "services: {a: {platform: linux/386, build: {platforms: [linux/amd64]}}}"),
        .service("a fraction of a size", "build: {shm_size: 1.5}"),
    ]
}
