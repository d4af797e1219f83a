/// A part of a template that is carried out.
indirect enum TemplateNode: Equatable, Sendable {
    case text(String)
    case output(TemplatePipeline)
    case assignment(String, TemplatePipeline)
    case condition(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case scope(TemplatePipeline, then: [TemplateNode], otherwise: [TemplateNode])
    case loop(index: String?, element: String?, TemplatePipeline, body: [TemplateNode], otherwise: [TemplateNode])
    case leave
    case next
}

/// Calls, of which each gets what the one before it gives as its last argument.
struct TemplatePipeline: Equatable, Sendable {
    var calls: [[TemplateOperand]]
    /// `$x := …`
    var variable: String?
}

/// A word of a call.
indirect enum TemplateOperand: Equatable, Sendable {
    case constant(TemplateValue)
    case field([String])
    case variable(String, [String])
    case function(String)
    case nested(TemplatePipeline, [String])
}
