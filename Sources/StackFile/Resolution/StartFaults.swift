import OCI
import OrderedCollections

/// What Compose's `config` takes and no start could carry out.
///
/// Found here, it is told all at once and with its place, before anything has been made.
struct StartFaults {
    let project: Project

    func find(_ findings: inout Findings) {
        for (name, entry) in project.section("services").entries {
            let path = Path("services", name)
            image(entry.node, path, &findings)
            for key in ["cap_add", "cap_drop"] { capabilities(entry.node, key, path, &findings) }
            signal(entry.node, path, &findings)
            user(entry.node, path, &findings)
            limits(entry.node, path, &findings)
            parameters(entry.node, path, &findings)
        }
    }

    private func image(_ service: Node, _ path: Path, _ findings: inout Findings) {
        guard let node = service["image"], let text = node.string else { return }
        do throws(ReferenceError) {
            _ = try ImageSource(parsing: text)
        } catch {
            findings.fault(error.description, at: node.mark, path.key("image"))
        }
    }

    private func capabilities(_ service: Node, _ key: String, _ path: Path, _ findings: inout Findings) {
        for (index, item) in (service[key]?.list ?? []).enumerated() {
            guard let text = item.string, !KernelNames.isCapability(text) else { continue }
            let known = KernelNames.candidates(KernelNames.capabilities, prefix: "CAP_", for: text)
            findings.fault(
                "\"\(text)\" is no capability", at: item.mark, path.key(key).index(index),
                suggestion: Findings.suggestion(for: text, in: known) ?? "`man 7 capabilities` lists them")
        }
    }

    private func signal(_ service: Node, _ path: Path, _ findings: inout Findings) {
        guard let node = service["stop_signal"], let text = node.string, !KernelNames.isSignal(text) else { return }
        let known = KernelNames.candidates(KernelNames.signals, prefix: "SIG", for: text)
        findings.fault(
            "\"\(text)\" is no signal", at: node.mark, path.key("stop_signal"),
            suggestion: Findings.suggestion(for: text, in: known) ?? "use a name like SIGTERM, or a number")
    }

    /// Whether the names are there, only the image can tell.
    private func user(_ service: Node, _ path: Path, _ findings: inout Findings) {
        guard let node = service["user"], let text = node.string else { return }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 2 || parts.count == 2 && parts[1].isEmpty {
            findings.fault("\"\(text)\" is not USER or USER:GROUP", at: node.mark, path.key("user"))
            return
        }
        for part in parts where !part.isEmpty && part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard UInt32(part) == nil else { continue }
            findings.fault(
                "\"\(part)\" is no id: the largest is \(UInt32.max - 1)", at: node.mark, path.key("user"))
        }
    }

    private func limits(_ service: Node, _ path: Path, _ findings: inout Findings) {
        let path = path.key("ulimits")
        for (name, entry) in service["ulimits"]?.mapping?.entries ?? [:] {
            if !KernelNames.isResourceLimit(name) {
                findings.fault(
                    "\"\(name)\" is no resource limit", at: entry.keyMark, path,
                    suggestion: Findings.suggestion(for: name, in: KernelNames.resourceLimits)
                        ?? "`man 2 getrlimit` lists them")
            }
            guard let soft = entry.node["soft"], let low = soft.integer, let high = entry.node["hard"]?.integer,
                unbounded(low) > unbounded(high)
            else { continue }
            findings.fault("the soft limit \(low) is above the hard one, \(high)", at: soft.mark, path.key(name))
        }
    }

    /// -1 is no limit.
    private func unbounded(_ limit: Int64) -> Int64 { limit < 0 ? .max : limit }

    private func parameters(_ service: Node, _ path: Path, _ findings: inout Findings) {
        for (name, entry) in service["sysctls"]?.mapping?.entries ?? [:] where !KernelNames.isParameter(name) {
            findings.fault(
                "\"\(name)\" is no kernel parameter", at: entry.keyMark, path.key("sysctls"),
                suggestion: "write it like net.core.somaxconn")
        }
    }
}
