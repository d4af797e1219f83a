extension ComposeCase {
    /// Limits of memory, processors, processes and devices.
    static let resourceCases: [ComposeCase] = [
        .service(
            "all of the processor",
            #"cpu_count: 2\#ncpu_percent: 50\#ncpu_period: 100000\#ncpu_quota: 50000\#ncpu_rt_period: 1400\#ncpu_rt_runtime: 950\#ncpu_shares: 73\#ncpuset: "0-3,5""#
        ),
        .service(
            "all of the processor as text",
            #"cpu_count: "2"\#ncpu_percent: "50"\#ncpu_period: "100000"\#ncpu_quota: "50000"\#ncpu_rt_period: "1400"\#ncpu_rt_runtime: "950"\#ncpu_shares: "73""#
        ),
        .service("processor numbers with fractions", "cpu_period: 1000.7\ncpu_quota: 5.2\ncpu_shares: 1.7"),
        .service("cpus with many digits", "cpus: 0.123456789"),
        .service("negative cpus", "cpus: -1"),
        .service("whole cpus", "cpus: 2"),
        .service("a size of -1", #"mem_limit: -1\#nmemswap_limit: "-1""#),
        .service("a size with a fraction", "mem_limit: 1.5e3\nshm_size: 1.5"),
        .service("a size with an exponent", #"mem_limit: "1e3""#),
        .service("a size in each unit", "mem_limit: 1b\nmem_reservation: 2kb\nmemswap_limit: 3M\nshm_size: 4GiB"),
        .service("a size in large units", "mem_limit: 1t\nmem_reservation: 1pb"),
        .service("a size with a blank", #"mem_limit: 1 gb\#nshm_size: "0.5 k""#),
        .service("a size of nothing", #"mem_limit: 0\#nshm_size: "0m""#),
        .service("a reservation as a number", "mem_reservation: 1048576"),
        .service("no limit of processes", "pids_limit: -1"),
        .service("processes as text", #"pids_limit: "10""#),
        .service(
            "limits of block devices",
            "blkio_config: {weight: 300, weight_device: [{path: /dev/sda, weight: 400}], device_read_bps: [{path: /dev/sdb, rate: 12mb}], device_read_iops: [{path: /dev/sdb, rate: 120}], device_write_bps: [{path: /dev/sdb, rate: '1024k'}], device_write_iops: [{path: /dev/sdb, rate: 30}]}"
        ),
        .service(
            "limits of block devices without details",
            "blkio_config: {weight_device: [{path: /dev/sda}], device_read_bps: [{rate: 1m}, {}]}"),
        .service("no limits of block devices", "blkio_config: {}"),
        .service("ulimits of 0", #"ulimits: {nofile: {soft: 0, hard: 5}, nproc: 0, core: "0"}"#),
        .service("negative ulimits", "ulimits: {nofile: -1, memlock: {soft: -1, hard: -1}}"),
        .service("ulimits as text", #"ulimits: {nofile: "5", memlock: {soft: "1", hard: "2"}}"#),
        .service("ulimits with an extension", "ulimits: {nofile: {soft: 1, hard: 5, x-a: 1}}"),
        .service("ulimits in capitals", "ulimits: {NOFILE: 5}"),
        .service(
            "devices", #"devices: ["/dev/ttyUSB0", "/dev/a:/dev/b", "/dev/c:/dev/c:r", "vendor1.com/device=gpu"]"#),
        .service("a device without a source", #"devices: [":/dev/b"]"#),
        .service(
            "devices in the long form",
            "devices: [{source: /dev/a, target: /dev/b, permissions: rw, x-a: 1}, {source: /dev/c, target: /dev/d}]"),
        .service("devices at one place", #"devices: ["/dev/a:/dev/b", "/dev/c:/dev/b"]"#),
        .service("device rules", "device_cgroup_rules: ['c 1:3 mr', 'a 7:* rmw']"),
        .service("all GPUs", "gpus: all"),
        .service(
            "GPUs",
            #"gpus: [{driver: nvidia, count: 2, options: {a: 1}}, {capabilities: [gpu], device_ids: ["0"]}, {count: all}, {count: "3"}, {}]"#
        ),
        .service("GPUs with unknown keys", "gpus: [{driver: 3d, foo: bar, options: [a=b]}]"),
    ]
}
