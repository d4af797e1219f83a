import Addressing
import OCI
import OrderedCollections
import StackModel

/// What Compose's `config` takes and no start could carry out.
///
/// Found here, it is told all at once and with its place, before anything has been made.
struct StartFaults {
    let project: Project

    func find(_ findings: inout Findings) {
        fields(project.tree, ProjectFields.shape, Path(), &findings)
        for key in ["secrets", "configs"] {
            for (name, entry) in project.section(key).entries { source(entry.node, Path(key, name), &findings) }
        }
        for (name, entry) in project.section("services").entries {
            let path = Path("services", name)
            image(entry.node, entry.keyMark, path, &findings)
            networking(entry.node, path, &findings)
            hosts(entry.node, path, &findings)
            for key in ["cap_add", "cap_drop"] { capabilities(entry.node, key, path, &findings) }
            signal(entry.node, path, &findings)
            user(entry.node, path, &findings)
            texts("dns", entry.node, path, Problems.address, &findings)
            texts("expose", entry.node, path, Problems.ports, &findings)
            security(entry.node, path, &findings)
            limits(entry.node, path, &findings)
            parameters(entry.node, path, &findings)
        }
    }

    /// What the tables of fields know by themselves: attributes without support, and values that nothing can start with.
    private func fields(_ node: Node, _ shape: Shape, _ path: Path, _ findings: inout Findings) {
        switch (node.value, shape.parts) {
        case (.map(let mapping), .fields(let table)):
            for (key, entry) in mapping.entries {
                guard let field = table.byKey[key] else { continue }
                let place = path.key(key)
                guard field.isSupported(entry.node) else {
                    findings.warnUnsupported(entry.keyMark, place)
                    continue
                }
                if let problem = field.start?(entry.node) { findings.fault(problem, at: entry.node.mark, place) }
                fields(entry.node, field.shape, place, &findings)
            }
        case (.map(let mapping), .values(let inner)):
            for (key, entry) in mapping.entries { fields(entry.node, inner, path.key(key), &findings) }
        case (.list(let items), .items(let inner)):
            for (index, item) in items.enumerated() { fields(item, inner, path.index(index), &findings) }
        default: break
        }
    }

    private func source(_ node: Node, _ path: Path, _ findings: inout Findings) {
        if node["external"]?.boolean == true {
            findings.fault("external secrets and configs are not supported yet", at: node.mark, path)
            return
        }
        guard let variable = node["environment"], let name = variable.string,
            project.location.environment[name] == nil
        else { return }
        findings.fault(
            "the environment variable \"\(name)\" is not set", at: variable.mark, path.key("environment"))
    }

    private func networking(_ service: Node, _ path: Path, _ findings: inout Findings) {
        guard let text = service["network_mode"]?.string, let ports = service["ports"], text != "bridge" else { return }
        if text == "host" {
            findings.warning(
                "published ports are discarded with network_mode: host", at: ports.mark, path.key("ports"))
        } else {
            findings.fault(
                "can't be published with network_mode: \(text)", at: ports.mark, path.key("ports"),
                suggestion: text.hasPrefix("service:") ? "publish them with that service" : nil)
        }
    }

    private func hosts(_ service: Node, _ path: Path, _ findings: inout Findings) {
        for (index, node) in (service["extra_hosts"]?.list ?? []).enumerated() {
            guard let text = node.string, let cut = text.firstIndex(of: "=") else { continue }
            let address = String(text[text.index(after: cut)...])
            if ExtraHost.Address(address) != nil { continue }
            findings.fault("\"\(address)\" is not an IP address", at: node.mark, path.key("extra_hosts").index(index))
        }
    }

    private func image(_ service: Node, _ mark: Mark, _ path: Path, _ findings: inout Findings) {
        guard let node = service["image"], let text = node.string else {
            let reason =
                service["provider"] == nil
                ? "and building one is not supported yet" : "and providers are not supported yet"
            findings.fault("has no image, \(reason)", at: mark, path, suggestion: "name one with \"image:\"")
            return
        }
        do throws(ReferenceError) {
            _ = try ImageSource(parsing: text)
        } catch {
            findings.fault(error.description, at: node.mark, path.key("image"))
        }
    }

    /// Each text of a list by itself.
    private func texts(
        _ key: String, _ service: Node, _ path: Path, _ problem: (String) -> String?, _ findings: inout Findings
    ) {
        for (index, item) in (service[key]?.list ?? []).enumerated() {
            guard let text = item.string, let problem = problem(text) else { continue }
            findings.fault("\"\(text)\" \(problem)", at: item.mark, path.key(key).index(index))
        }
    }

    private func security(_ service: Node, _ path: Path, _ findings: inout Findings) {
        for (index, item) in (service["security_opt"]?.list ?? []).enumerated() {
            let place = path.key("security_opt").index(index)
            let option = SecurityOption(item.string ?? "")
            if case .unknown(let text) = option {
                findings.fault(
                    "\"\(text)\" is no security option", at: item.mark, place,
                    suggestion:
                        "there are no-new-privileges, seccomp=unconfined, seccomp=FILE and systempaths=unconfined")
            } else if !option.hasEffect {
                findings.warning(
                    "\"\(option)\" has no effect: Roost sets neither AppArmor profiles nor SELinux labels",
                    at: item.mark, place)
            }
        }
    }

    private func capabilities(_ service: Node, _ key: String, _ path: Path, _ findings: inout Findings) {
        for (index, item) in (service[key]?.list ?? []).enumerated() {
            guard let text = item.string, !KernelNames.isCapability(text) else { continue }
            let known = KernelNames.candidates(KernelNames.capabilities + ["ALL"], prefix: "CAP_", for: text)
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
