/// System calls that came after the oldest libseccomp that Roost is linked with (Debian 12's 2.5.4). Since Linux 5.1 a new
/// call has the same number on all architectures (`include/uapi/asm-generic/unistd.h`).
enum NewerCalls {
    static func number(_ name: String) -> Int32? { numbers[name] }

    private static let numbers: [String: Int32] = {
        var numbers: [String: Int32] = [
            "cachestat": 451, "fchmodat2": 452, "map_shadow_stack": 453, "futex_wake": 454, "futex_wait": 455,
            "futex_requeue": 456, "statmount": 457, "listmount": 458, "lsm_get_self_attr": 459,
            "lsm_set_self_attr": 460, "lsm_list_modules": 461, "mseal": 462, "setxattrat": 463, "getxattrat": 464,
            "listxattrat": 465, "removexattrat": 466, "open_tree_attr": 467,
        ]
        #if arch(x86_64)
            numbers["uretprobe"] = 335
        #elseif arch(riscv64)
            numbers["riscv_hwprobe"] = 258
        #endif
        return numbers
    }()
}
