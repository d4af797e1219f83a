extension ComposeCase {
    /// Networks, volumes, secrets, configs, models and jobs that both refuse.
    static let wrongResources: [ComposeCase] = [
        ComposeCase("networks of nothing", "services: {a: {image: x}}\nnetworks:"),
        ComposeCase("volumes of nothing", "services: {a: {image: x}}\nvolumes:"),
        ComposeCase("services of nothing", "services:"),
        ComposeCase("a service of nothing", "services: {a: }"),
        ComposeCase("a secret of nothing", "services: {a: {image: x}}\nsecrets: {s: }"),
        ComposeCase("a config of nothing", "services: {a: {image: x}}\nconfigs: {s: }"),
        ComposeCase("an unused secret without content", "services: {a: {image: x}}\nsecrets: {s: {}}"),
        ComposeCase(
            "an unused secret with two contents",
            "services: {a: {image: x}}\nsecrets: {s: {file: a, environment: HOME}}"),
        ComposeCase("a config with two contents", "services: {a: {image: x}}\nconfigs: {s: {file: a, content: b}}"),
        ComposeCase("a secret of a driver alone", "services: {a: {image: x}}\nsecrets: {s: {driver: d}}"),
        ComposeCase("a secret with a content", "services: {a: {image: x}}\nsecrets: {s: {content: a}}"),
        ComposeCase(
            "two names of an external network",
            "services: {a: {image: x, networks: [n]}}\nnetworks: {n: {external: {name: foo}, name: bar}}"),
        ComposeCase(
            "an unused external volume with labels",
            "services: {a: {image: x}}\nvolumes: {v: {external: true, labels: {a: b}}}"),
        ComposeCase("an unknown key of a network", "services: {a: {image: x}}\nnetworks: {n: {subnet: x}}"),
        ComposeCase("an unknown key of ipam", "services: {a: {image: x}}\nnetworks: {n: {ipam: {config: [{net: x}]}}}"),
        ComposeCase("ipam options of numbers", "services: {a: {image: x}}\nnetworks: {n: {ipam: {options: {a: 1}}}}"),
        ComposeCase("driver options of truth", "services: {a: {image: x}}\nnetworks: {n: {driver_opts: {a: true}}}"),
        ComposeCase("an unknown key of a volume", "services: {a: {image: x}}\nvolumes: {v: {size: 5}}"),
        ComposeCase("labels named twice", "services: {a: {image: x}}\nvolumes: {v: {labels: [a=1, a=1]}}"),
        ComposeCase("a name with blanks", #"services: {a: {image: x}}\#nnetworks: {"a b": {}}"#),
        ComposeCase("a model without a model", "services: {a: {image: x}}\nmodels: {m: {name: a}}"),
        ComposeCase("a context as text", #"services: {a: {image: x}}\#nmodels: {m: {model: a, context_size: "5"}}"#),
        ComposeCase("an unknown key of a model", "services: {a: {image: x}}\nmodels: {m: {model: a, size: 5}}"),
        ComposeCase("a job without triggers", "services: {a: {image: x}}\njobs: {j: {image: y}}"),
        ComposeCase("a job with empty triggers", "services: {a: {image: x}}\njobs: {j: {image: y, triggers: {}}}"),
        ComposeCase(
            "a job with deploy",
            "services: {a: {image: x}}\njobs: {j: {image: y, triggers: {manual: true}, deploy: {}}}"),
        ComposeCase(
            "a schedule without cron",
            "services: {a: {image: x}}\njobs: {j: {image: y, triggers: {schedule: [{timezone: UTC}]}}}"),
        ComposeCase(
            "an unknown concurrency",
            "services: {a: {image: x}}\njobs: {j: {image: y, triggers: {schedule: [{cron: a, concurrency: b}]}}}"),
        ComposeCase("a link to nobody", "services: {a: {image: x, links: [b]}}"),
        ComposeCase("volumes from nobody", "services: {a: {image: x, volumes_from: [b]}}"),
        ComposeCase("a network of nobody", #"services: {a: {image: x, network_mode: "service:b"}}"#),
        ComposeCase("processes of nobody", #"services: {a: {image: x, pid: "service:b"}}"#),
        ComposeCase("a cycle of links", "services: {a: {image: x, links: [b]}, b: {image: y, links: [a]}}"),
        ComposeCase(
            "a cycle of name spaces",
            #"services: {a: {image: x, ipc: "service:b"}, b: {image: y, network_mode: "service:a"}}"#),
        ComposeCase("a link to itself", "services: {a: {image: x, links: [a]}}"),
        ComposeCase("a dependency of nothing", "services: {a: {image: x, depends_on: {b: }}, b: {image: y}}"),
        ComposeCase("the same dependency twice", "services: {a: {image: x, depends_on: [b, b]}, b: {image: y}}"),
        ComposeCase(
            "an unknown key of a dependency",
            "services: {a: {image: x, depends_on: {b: {condition: service_started, wait: true}}}, b: {image: y}}"),
        ComposeCase("a null word of a command", "services: {a: {image: x, command: [~]}}"),
    ]
}
