import OrderedCollections
import StackModel

/// Scalars as values.
extension Form where Value == String {
    static var text: Form { text(.text) }

    static func text(_ shape: Shape) -> Form { Form(shape) { node, _, _ in node.string } }

    /// A text that a rule accepts; the rule tells what is wrong.
    static func text(_ shape: Shape = .text, unless problem: @escaping @Sendable (String) -> String?) -> Form {
        Form(shape, { problem($0) == nil ? $0 : nil }, else: { .init(problem($0) ?? "") })
    }

    /// The other words aren't carried out.
    func only(_ words: String...) -> Form {
        Form(shape) { [value] node, place, resolution in
            guard let text = value(node, place, &resolution) else { return nil }
            if words.contains(text) { return text }
            resolution.unsupported(place)
            return nil
        }
    }
}

extension Form where Value: LosslessStringConvertible & Sendable {
    /// - Parameter problem: how the sentence ends that begins with a text that is none.
    static func written(_ problem: String, as shape: Shape = .text) -> Form {
        Form(shape, { Value($0) }, else: { _ in .init(problem) })
    }
}

extension Form where Value: RawRepresentable<String> & Sendable {
    /// The shape lets no other words pass.
    static func choice(_ shape: Shape) -> Form {
        Form(shape) { node, _, _ in node.string.flatMap { Value(rawValue: $0) } }
    }
}

extension Form where Value == Bool {
    static var boolean: Form { boolean(.boolean) }

    static func boolean(_ shape: Shape) -> Form { Form(shape) { node, _, _ in node.boolean } }
}

extension Form where Value: FixedWidthInteger & Sendable {
    static func integer(
        _ range: ClosedRange<Int64> = .min ... .max, fractions: Bool = false, texts: Bool = true
    ) -> Form { integer(.integer(range, fractions: fractions, texts: texts)) }

    static func integer(_ shape: Shape) -> Form {
        Form(shape) { node, _, _ in node.integer.flatMap { Value(exactly: $0) } }
    }

    static var count: Form { integer(.count) }
}

extension Form where Value == Int64 {
    static var bytes: Form { bytes(.bytes) }

    /// 0 is no size at all.
    static func bytes(_ shape: Shape) -> Form {
        Form(shape) { node, _, _ in node.string.flatMap { Int64($0) } }
    }

    /// Thousandths of a number.
    static var thousandths: Form {
        Form(.number) { node, _, _ in node.number.map { Int64(min(max($0 * 1000, -1e12), 1e12).rounded()) } }
    }

    /// 0 and less are no limit.
    var orUnlimited: Form {
        Form(shape) { [value] node, place, resolution in
            value(node, place, &resolution).flatMap { $0 > 0 ? $0 : nil }
        }
    }

    var notNegative: Form { unless { $0 < 0 ? "is less than nothing" : nil } }

    var percentage: Form { unless { (0...100).contains($0) ? nil : "is not from 0 to 100" } }

    /// What the kernel's scheduler takes (Documentation/scheduler/sched-bwc.rst).
    static var period: Form {
        integer(fractions: true).unless {
            (1_000...1_000_000).contains($0) ? nil : "is no period: those are 1000 to 1000000 microseconds"
        }
    }

    static var quota: Form {
        integer(fractions: true).unless {
            $0 >= 1_000 || $0 < 0 ? nil : "is less than the 1000 microseconds that are given at least"
        }.orUnlimited
    }
}

extension Form where Value == UInt32 {
    /// Permissions, in octal digits.
    static var fileMode: Form { Form(.fileMode) { node, _, _ in node.string.flatMap { UInt32($0, radix: 8) } } }
}

extension Form where Value == TimeSpan {
    static var duration: Form { Form(.duration) { node, _, _ in node.string.flatMap(DurationText.parse) } }

    var notNegative: Form { unless { $0.nanoseconds < 0 ? "is less than no time" : nil } }
}

extension Form where Value == [String] {
    /// A list whose shape has looked at the items.
    static func texts(_ shape: Shape) -> Form { Form(shape) { node, _, _ in node.list == nil ? nil : node.strings } }

    static var command: Form { texts(.command) }
}

extension Form where Value == [String: String] {
    /// A mapping's scalars; null has no text.
    static func texts(_ shape: Shape) -> Form {
        Form(shape) { node, _, _ in
            var texts: [String: String] = [:]
            for (key, entry) in node.mapping?.entries ?? [:] { texts[key] = entry.node.scalarText }
            return texts
        }
    }

    static var variables: Form { texts(.variables) }
    static var labels: Form { texts(.labels) }
}
