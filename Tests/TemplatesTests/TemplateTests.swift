import Templates
import Testing

@Suite("Go templates")
struct TemplateTests {
    static let document = """
        {"Name":"web-1","State":"running","Ports":[80,443],"Labels":"a=1,b=two","Zero":0,"Empty":"","Nothing":null,
         "Config":{"Env":["A=1","B=2"],"Labels":{"b":"2","a":"1"},"Size":1.5,"On":true},"Text":"x\\"y\\u00e9\\n"}
        """

    @Test(
        "What a template makes of a document",
        arguments: [
            ("{{.Name}}\t{{.State}}", "web-1\trunning"),
            ("{{ .Name | upper }}", "WEB-1"),
            ("{{upper .Name | lower | title}}", "Web-1"),
            ("{{range .Ports}}[{{.}}]{{end}}", "[80][443]"),
            ("{{range $i, $p := .Ports}}{{$i}}={{$p}} {{end}}", "0=80 1=443 "),
            ("{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}};{{end}}", "a:1;b:2;"),
            ("{{range .Nothing}}x{{else}}none{{end}}", "none"),
            ("{{range .Ports}}{{if eq . 443}}{{break}}{{end}}{{.}}{{end}}", "80"),
            ("{{if .Zero}}a{{else if .Name}}b{{else}}c{{end}}", "b"),
            ("{{with .Config}}{{.On}}{{end}}", "true"),
            ("{{with .Empty}}x{{else}}{{.Name}}{{end}}", "web-1"),
            ("{{index .Ports 1}} {{index .Config.Labels \"a\"}}{{index .Config.Labels \"none\"}}", "443 1"),
            ("{{(index .Config.Env 0)}}|{{len .Ports}}", "A=1|2"),
            ("{{join .Config.Env \",\"}}", "A=1,B=2"),
            ("{{range split .Labels \",\"}}<{{.}}>{{end}}", "<a=1><b=two>"),
            ("{{json .Config}}", #"{"Env":["A=1","B=2"],"Labels":{"b":"2","a":"1"},"Size":1.5,"On":true}"#),
            ("{{json .Text}}", #""x\"yé\n""#),
            ("{{.Config.Labels}}{{.Ports}}", "map[a:1 b:2][80 443]"),
            ("{{.Label \"b\"}}", "two"),
            (
                "{{printf \"%-7s|%5d|%q|%.1f|%05d|%%\" .Name 42 .State .Config.Size 7}}",
                "web-1  |   42|\"running\"|1.5|00007|%"
            ),
            ("{{print .Name .State 1 2}}{{println 1 2}}", "web-1running1 21 2\n"),
            ("{{truncate .State 3}}{{pad .Name 1 2}}{{slice .Name 0 3}}", "run web-1  web"),
            ("{{$x := .Name}}{{$x}}{{if true}}{{$x = \"b\"}}{{end}}{{$x}}{{$.State}}", "web-1brunning"),
            ("{{and .Name .Zero}}{{or .Zero .Name}}{{not .Name}}", "0web-1false"),
            (
                "{{ne 1 2}}{{lt 1 2}}{{le 2 2}}{{gt \"a\" \"b\"}}{{ge 3 2}}{{eq .State \"x\" \"running\"}}",
                "truetruetruefalsetruetrue"
            ),
            ("a  {{- /* nothing */ -}}  b {{- .Zero -}} c", "ab0c"),
            ("{{`raw \"text\"`}}", "raw \"text\""),
        ])
    func renders(text: String, expected: String) throws {
        #expect(try Template(text).render(TemplateValue(json: Self.document)) == expected)
    }

    @Test(
        "A template that can't be read or carried out says why",
        arguments: [
            ("{{.Name", "unclosed action"), ("{{nope .Name}}", "function \"nope\" not defined"),
            ("{{if .Name}}x", "unexpected EOF"), ("{{end}}", "unexpected {{end}}"), ("{{}}", "missing value"),
            ("{{.Missing}}", "no entry for key \"Missing\""), ("{{.Name.First}}", "can't evaluate field First"),
            ("{{index .Ports 9}}", "out of range"), ("{{$none}}", "undefined variable"), ("{{(.Name}}", "unclosed"),
            ("{{\"open}}", "unterminated"), ("{{.Name | .State}}", "non-function"),
        ])
    func refuses(text: String, message: String) throws {
        let error = #expect(throws: TemplateError.self) {
            try Template(text).render(TemplateValue(json: Self.document))
        }
        #expect(error?.description.contains(message) == true)
    }
}
