extension ComposeCase {
    static let furtherYAML1: [ComposeCase] = [
        ComposeCase("| a b", "services: {a: {image: x}}\nx-v: |\n  a\n  b\n\n"),
        ComposeCase("> a b", "services: {a: {image: x}}\nx-v: >\n  a\n  b\n\n"),
        ComposeCase(#""\x41\u00e9\t""#, #"services: {a: {image: x}}\#nx-v: "\x41\u00e9\t"\#n"#),
        ComposeCase("the key yes", "services: {a: {image: x}}\nx-a: {yes: 1}"),
        ComposeCase("a quoted number as key", #"services: {a: {image: x}}\#nx-a: {"1": 1}"#),
        ComposeCase("a tagged number as key", "services: {a: {image: x}}\nx-a: {!!str 1: 1}"),
        ComposeCase("a tab before a value", "services:\n  a:\n    image:\tx"),
        ComposeCase("a byte order mark", "\u{feff}services: {a: {image: x}}"),
        ComposeCase("lines end as on Windows", "services:\u{d}\n  a:\u{d}\n    image: x\u{d}\n"),
        ComposeCase("a directive for YAML 1.1", "%YAML 1.1\n---\nservices: {a: {image: x}}"),
        ComposeCase("a directive for tags", "%TAG !e! tag:x,2000:\n---\nservices: {a: {image: x}}\nx-a: !e!b c"),
        ComposeCase(
            "merge key: list",
            "x-a: &a {k: 1}\nx-b: &b {k: 2, l: 3}\nservices: {a: {image: x}}\nx-v: {<<: [*a, *b], m: 4}"),
        ComposeCase(
            "merge key: nested",
            "x-a: &a {k: {z: 1}}\nx-b: &b {<<: *a, l: 3}\nservices: {a: {image: x}}\nx-v: {<<: *b, m: 4}"),
        ComposeCase("merge key: inline", "services: {a: {image: x}}\nx-v: {<<: {a: 1, b: 2}, b: 3}"),
        ComposeCase("merge key: last", "services: {a: {image: x}}\nx-v: {b: 3, <<: {a: 1, b: 2}}"),
        ComposeCase(
            "merge key: alias of a list", "x-l: &l [{a: 1}, {b: 2}]\nservices: {a: {image: x}}\nx-v:\n  <<: *l\n  c: 1"),
        ComposeCase("merge key: quoted", #"services: {a: {image: x}}\#nx-v:\#n  "<<": {a: 1}\#n  c: 1"#),
        ComposeCase("merge key: quoted with a number", #"services: {a: {image: x}}\#nx-v:\#n  "<<": 5\#n  c: 1"#),
        ComposeCase("merge key: empty list", "services: {a: {image: x}}\nx-v:\n  <<: []\n  c: 1"),
        ComposeCase(
            "merge key: a list is not added to", "x-a: &a {l: [1]}\nservices: {a: {image: x}}\nx-v:\n  <<: *a\n  l: [2]"
        ),
        ComposeCase(
            "merge key: reset", "x-a: &a {l: [1], m: 2}\nservices: {a: {image: x}}\nx-v:\n  <<: *a\n  l: !reset null"),
        ComposeCase(
            "merge key: override",
            "x-a: &a {l: [1], m: 2}\nservices: {a: {image: x}}\nx-v:\n  <<: *a\n  l: !override [3]"),
        ComposeCase("an anchor on a key", "services: {&k a: {image: x}}\nx-v: *k"),
        ComposeCase("an anchor twice", "x-1: &a 1\nx-2: &a 2\nservices: {a: {image: x}}\nx-v: *a"),
        ComposeCase("merge key: null wins", "x-a: &a {k: 1}\nservices: {a: {image: x}}\nx-v: {<<: *a, k: ~}"),
        ComposeCase("an alias as value", "services: {a: {image: &i x}, b: {image: *i}}"),
        ComposeCase("nested alias below", "x-a: &a {b: &b {c: 1}}\nservices: {a: {image: x}}\nx-v: {z: *b, <<: *a}"),
        ComposeCase("cr", "services: {a: {image: x}}\u{d}x-v: 1"),
        ComposeCase("nel", "services: {a: {image: x}}\nx-v: \"a\u{85}b\""),
        ComposeCase("emoji", "services: {a: {image: x}}\nx-v: 😀"),
        ComposeCase("trailing doc end", "services: {a: {image: x}}\n...\n"),
        ComposeCase("plain multi", "services: {a: {image: x}}\nx-v: a\n  b\n\n  c"),
        ComposeCase("folded", "services: {a: {image: x}}\nx-v: >-\n  a\n   b\n\n  c"),
        ComposeCase("keep", "services: {a: {image: x}}\nx-v: |+\n  a\n\n"),
        ComposeCase("indent", "services: {a: {image: x}}\nx-v: |2\n    a\n"),
        ComposeCase("question", "services: {a: {image: x}}\nx-v:\n  ? a\n  : b\n  ? c"),
        ComposeCase("inline empty", #"services: {a: {image: x}}\#nx-v: {a, b: , c: ""}"#),
        ComposeCase("flow list pair", "services: {a: {image: x}}\nx-v: [a: 1, b]"),
        ComposeCase("sysctls: {a: 2001-01-01}", "services: {a: {image: x, sysctls: {a: 2001-01-01}}}"),
        ComposeCase(
            "build: {context: ., args: {A: 2001-01-01}}",
            "services: {a: {image: x, build: {context: ., args: {A: 2001-01-01}}}}"),
    ]

    static let furtherYAML2: [ComposeCase] = [
        ComposeCase(
            "build: {context: ., args: {A: 1e6}}", "services: {a: {image: x, build: {context: ., args: {A: 1e6}}}}"),
        ComposeCase("annotations: {a: 1e6}", "services: {a: {image: x, annotations: {a: 1e6}}}"),
        ComposeCase(
            "logging: {driver: x, options: {a: 1e6, b: 2001-01-01}}",
            "services: {a: {image: x, logging: {driver: x, options: {a: 1e6, b: 2001-01-01}}}}"),
        ComposeCase(
            "environment: {A: 5.0, B: 5.10, C: 1e15, D: 1234567890.123, E",
            "services: {a: {image: x, environment: {A: 5.0, B: 5.10, C: 1e15, D: 1234567890.123, E: 12345678, F: 1e-3, G: 0.1, H: 100000000000000000000000}}}"
        ),
        ComposeCase(
            "scalars yes no on off y n Y True TRUE",
            "services: {a: {image: x}}\nx-v:\n  k0: yes\n  k1: no\n  k2: on\n  k3: off\n  k4: y\n  k5: n\n  k6: Y\n  k7: True\n  k8: TRUE\n"
        ),
        ComposeCase(
            "scalars tRue 0o17 017 0x1F 0b101 1_000 1_0.5 ~ null",
            "services: {a: {image: x}}\nx-v:\n  k0: tRue\n  k1: 0o17\n  k2: 017\n  k3: 0x1F\n  k4: 0b101\n  k5: 1_000\n  k6: 1_0.5\n  k7: ~\n  k8: null\n"
        ),
        ComposeCase(
            "scalars NULL Null 1e3 1.0 1.5 1. .5 -0 +5",
            "services: {a: {image: x}}\nx-v:\n  k0: NULL\n  k1: Null\n  k2: 1e3\n  k3: 1.0\n  k4: 1.5\n  k5: 1.\n  k6: .5\n  k7: -0\n  k8: +5\n"
        ),
        ComposeCase(
            "scalars 0.1e-3 12:30:45 190:20:30 !!str!5 0o8 08 09 0x 0xG",
            "services: {a: {image: x}}\nx-v:\n  k0: 0.1e-3\n  k1: 12:30:45\n  k2: 190:20:30\n  k3: !!str!5\n  k4: 0o8\n  k5: 08\n  k6: 09\n  k7: 0x\n  k8: 0xG\n"
        ),
        ComposeCase(
            "scalars -0x1F -0o17 +0b1 9223372036854775807 9223372036854",
            "services: {a: {image: x}}\nx-v:\n  k0: -0x1F\n  k1: -0o17\n  k2: +0b1\n  k3: 9223372036854775807\n  k4: 9223372036854775808\n  k5: 18446744073709551615\n  k6: 18446744073709551616\n  k7: -9223372036854775809\n  k8: 1__0\n"
        ),
        ComposeCase(
            "scalars _1 1_ 0_7 1e400 0x1p3 1E+3 1e 1,000 =",
            "services: {a: {image: x}}\nx-v:\n  k0: _1\n  k1: 1_\n  k2: 0_7\n  k3: 1e400\n  k4: 0x1p3\n  k5: 1E+3\n  k6: 1e\n  k7: 1,000\n  k8: =\n"
        ),
        ComposeCase(
            "scalars .e1 +.5 -.5 0o 0b 0b2 00 -00 0.0",
            "services: {a: {image: x}}\nx-v:\n  k0: .e1\n  k1: +.5\n  k2: -.5\n  k3: 0o\n  k4: 0b\n  k5: 0b2\n  k6: 00\n  k7: -00\n  k8: 0.0\n"
        ),
        ComposeCase(
            "scalars 1.50 100000000000000000000000 1e21 1e20 123456789.",
            "services: {a: {image: x}}\nx-v:\n  k0: 1.50\n  k1: 100000000000000000000000\n  k2: 1e21\n  k3: 1e20\n  k4: 123456789.0\n  k5: 1e-7\n  k6: 0755\n  k7: 0o755\n  k8: +1_000\n"
        ),
        ComposeCase(
            #"scalars 1e1_0 0x_1 0_x1 !!str 5 !!int "3" !!int 3 !!float "#,
            #"services: {a: {image: x}}\#nx-v:\#n  k0: 1e1_0\#n  k1: 0x_1\#n  k2: 0_x1\#n  k3: !!str 5\#n  k4: !!int "3"\#n  k5: !!int 3\#n  k6: !!float 3\#n  k7: !!float "3"\#n  k8: !!bool "true"\#n"#
        ),
        ComposeCase(
            #"scalars !!null "" !!binary aGVsbG8= !foo bar !!str !!map {"#,
            #"services: {a: {image: x}}\#nx-v:\#n  k0: !!null ""\#n  k1: !!binary aGVsbG8=\#n  k2: !foo bar\#n  k3: !!str\#n  k4: !!map {a: 1}\#n  k5: !!seq [1]\#n  k6: !!set {a, b}\#n  k7: !!omap [a: 1]\#n  k8: ! 5\#n"#
        ),
        ComposeCase(
            "scalars !<tag:yaml.org,2002:str> 5 !!str [a] !!map [a] !!f",
            "services: {a: {image: x}}\nx-v:\n  k0: !<tag:yaml.org,2002:str> 5\n  k1: !!str [a]\n  k2: !!map [a]\n  k3: !!foo 5\n  k4: !override 5\n  k5: !custom {a: 1}\n  k6: !custom [1]\n  k7: !!float 3.5\n  k8: !!str ~\n"
        ),
        ComposeCase(
            #"scalars !!int 0o17 !!pairs [a: 1] 'it''s' "\x41\u00e9\t" !"#,
            #"services: {a: {image: x}}\#nx-v:\#n  k0: !!int 0o17\#n  k1: !!pairs [a: 1]\#n  k2: 'it''s'\#n  k3: "\x41\u00e9\t"\#n  k4: !foo 5\#n  k5: !foo true\#n  k6: !foo ~\#n  k7: !foo\#n  k8: !foo "5"\#n"#
        ),
        ComposeCase(
            "scalars !!float 1 !!str 2001-01-01 !!float 0x10 !!float 0o",
            #"services: {a: {image: x}}\#nx-v:\#n  k0: !!float 1\#n  k1: !!str 2001-01-01\#n  k2: !!float 0x10\#n  k3: !!float 0o17\#n  k4: !!int "0x1F"\#n  k5: !!int "1_000"\#n  k6: !!bool "True"\#n  k7: !!null "null"\#n  k8: !!null "~"\#n"#
        ),
        ComposeCase(
            "scalars !!binary /w== !<tag:yaml.org,2002:int> 5 !!seq x !",
            "services: {a: {image: x}}\nx-v:\n  k0: !!binary /w==\n  k1: !<tag:yaml.org,2002:int> 5\n  k2: !!seq x\n  k3: !!map x\n  k4: !override [a]\n"
        ),
        ComposeCase(
            "scalars as text yes 0o17 017 0x1F 0b101 1_000 ~ 1e3 1.0",
            "services:\n  a:\n    image: x\n    environment: &e\n      k0: yes\n      k1: 0o17\n      k2: 017\n      k3: 0x1F\n      k4: 0b101\n      k5: 1_000\n      k6: ~\n      k7: 1e3\n      k8: 1.0\n    labels: *e\n"
        ),
        ComposeCase(
            "scalars as text 1.5 2001-01-01 2001-12-14t21:59:43.10-05:00 184467",
            "services:\n  a:\n    image: x\n    environment: &e\n      k0: 1.5\n      k1: 2001-01-01\n      k2: 2001-12-14t21:59:43.10-05:00\n      k3: 18446744073709551616\n      k4: 1e21\n      k5: 1e20\n      k6: 123456789.0\n      k7: 1e-7\n      k8: true\n    labels: *e\n"
        ),
        ComposeCase(
            "scalars as text -0 1e6 1234567.5 0.00001 !!timestamp 2001-01-01 !!",
            #"services:\#n  a:\#n    image: x\#n    environment: &e\#n      k0: -0\#n      k1: 1e6\#n      k2: 1234567.5\#n      k3: 0.00001\#n      k4: !!timestamp 2001-01-01\#n      k5: !!timestamp "2001-01-01"\#n      k6: 2001-1-1\#n      k7: 2001-01-01 10:00:00\#n      k8: 2001-01-01T10:00:00Z\#n    labels: *e\#n"#
        ),
        ComposeCase(
            "scalars as text 2001-1-1 1:2:3 2001-12-14 21:59:43.10 -5 2001-13-0",
            "services:\n  a:\n    image: x\n    environment: &e\n      k0: 2001-1-1 1:2:3\n      k1: 2001-12-14 21:59:43.10 -5\n      k2: 2001-13-01\n      k3: 9999-12-31\n      k4: 2001-01-01T10:00:00\n      k5: 2001-01-01T10:00:00.123456789+02:00\n    labels: *e\n"
        ),
    ]

    static let furtherYAMLRejected1: [ComposeCase] = [
        ComposeCase(".inf", "services: {a: {image: x}}\nx-v: .inf\n"),
        ComposeCase("-.inf", "services: {a: {image: x}}\nx-v: -.inf\n"),
        ComposeCase(".nan", "services: {a: {image: x}}\nx-v: .nan\n"),
        ComposeCase(".Inf", "services: {a: {image: x}}\nx-v: .Inf\n"),
        ComposeCase("+.inf", "services: {a: {image: x}}\nx-v: +.inf\n"),
        ComposeCase(".inf (2)", "services: {a: {image: x, environment: {K: .inf}, labels: {K: .inf}}}\n"),
        ComposeCase("-.inf (2)", "services: {a: {image: x, environment: {K: -.inf}, labels: {K: -.inf}}}\n"),
        ComposeCase(".nan (2)", "services: {a: {image: x, environment: {K: .nan}, labels: {K: .nan}}}\n"),
        ComposeCase("!!bool yes", "services: {a: {image: x}}\nx-v: !!bool yes\n"),
        ComposeCase(#"!!bool "yes""#, #"services: {a: {image: x}}\#nx-v: !!bool "yes"\#n"#),
        ComposeCase("!!null x", "services: {a: {image: x}}\nx-v: !!null x\n"),
        ComposeCase(#"!!binary "%%%""#, #"services: {a: {image: x}}\#nx-v: !!binary "%%%"\#n"#),
        ComposeCase(#"!!int "x""#, #"services: {a: {image: x}}\#nx-v: !!int "x"\#n"#),
        ComposeCase(#"!!int """#, #"services: {a: {image: x}}\#nx-v: !!int ""\#n"#),
        ComposeCase("!!int 3.5", "services: {a: {image: x}}\nx-v: !!int 3.5\n"),
        ComposeCase("!!float x", "services: {a: {image: x}}\nx-v: !!float x\n"),
        ComposeCase("!!bool 1", "services: {a: {image: x}}\nx-v: !!bool 1\n"),
        ComposeCase("? a", "services: {a: {image: x}}\nx-v: ? a\n"),
        ComposeCase("a key twice", "services: {a: {image: x}}\nx-a: {b: 1, b: 2}"),
        ComposeCase("a number twice as key", "services: {a: {image: x}}\nx-a: {1: 1, 1: 2}"),
        ComposeCase("a number as key", "services: {a: {image: x}}\nx-a: {1: 1}"),
        ComposeCase("a boolean as key", "services: {a: {image: x}}\nx-a: {true: 1}"),
        ComposeCase("null as key", "services: {a: {image: x}}\nx-a: {~: 1}"),
        ComposeCase("a fraction as key", "services: {a: {image: x}}\nx-a: {1.5: 1}"),
        ComposeCase("a date as key", "services: {a: {image: x}}\nx-a: {2001-01-01: 1}"),
        ComposeCase("a list as key", "services: {a: {image: x}}\nx-a: {[a]: 1}"),
        ComposeCase("a mapping as key", "services: {a: {image: x}}\nx-a: {{a: 1}: 1}"),
        ComposeCase("a number as key at the top", "services: {a: {image: x}}\n1: 2"),
        ComposeCase("a number as key of environment", "services: {a: {image: x, environment: {1: 2}}}"),
        ComposeCase("empty", ""),
        ComposeCase("comment", "# x\n"),
        ComposeCase("null (2)", "~"),
        ComposeCase("a null document before", "---\n...\n---\nservices: {a: {image: x}}"),
        ComposeCase("an empty document after", "services: {a: {image: x}}\n---\n"),
        ComposeCase("an empty document between", "services: {a: {image: x}}\n---\n---\nx-a: 1\n"),
        ComposeCase("list", "- a"),
        ComposeCase("scalar", "hello"),
        ComposeCase("tabs", "services:\n\ta: x"),
        ComposeCase("a directive for YAML 1.2", "%YAML 1.2\n---\nservices: {a: {image: x}}"),
        ComposeCase("a directive for YAML 1.3", "%YAML 1.3\n---\nservices: {a: {image: x}}"),
    ]

    static let furtherYAMLRejected2: [ComposeCase] = [
        ComposeCase("merge key: twice", "services: {a: {image: x}}\nx-v:\n  <<: {a: 1}\n  <<: {b: 2}"),
        ComposeCase("merge key: number", "services: {a: {image: x}}\nx-v:\n  <<: 5"),
        ComposeCase("merge key: null", "services: {a: {image: x}}\nx-v:\n  <<:\n  b: 1"),
        ComposeCase("merge key: list of numbers", "services: {a: {image: x}}\nx-v:\n  <<: [5]\n  c: 1"),
        ComposeCase("merge key: list of lists", "services: {a: {image: x}}\nx-v:\n  <<: [[{a: 1}]]\n  c: 1"),
        ComposeCase("an alias of itself", "services: {a: &x {image: x, labels: *x}}"),
        ComposeCase("control", "services: {a: {image: x}}\nx-v: \"a\u{7}b\""),
        ComposeCase("garbage after end", "services: {a: {image: x}}\n...\nfoo\n"),
        ComposeCase("dup service", "services:\n  a: {image: x}\n  a: {image: y}"),
        ComposeCase(
            "long key",
            #"services: {a: {image: x}}\#nx-v: {"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk": 1}"#,
            exception: "YAML 1.2 limits a key without a question mark to 1,024 characters (7.4.2)."),
        ComposeCase("!!int 1.0", "services: {a: {image: x}}\nx-v: !!int 1.0\n"),
        ComposeCase("!!float 1e400", "services: {a: {image: x}}\nx-v: !!float 1e400\n"),
        ComposeCase("!!float .inf", "services: {a: {image: x}}\nx-v: !!float .inf\n"),
        ComposeCase(#"!!binary "aGVs\n bG8=""#, #"services: {a: {image: x}}\#nx-v: !!binary "aGVs\n bG8="\#n"#),
        ComposeCase("!!str !!int 5", "services: {a: {image: x}}\nx-v: !!str !!int 5\n"),
        ComposeCase("!!timestamp x", "services: {a: {image: x}}\nx-v: !!timestamp x\n"),
        ComposeCase("hostname: 2001-01-01", "services: {a: {image: x, hostname: 2001-01-01}}"),
        ComposeCase("command: [a, 2001-01-01]", "services: {a: {image: x, command: [a, 2001-01-01]}}"),
        ComposeCase("command: [a, 5]", "services: {a: {image: x, command: [a, 5]}}"),
        ComposeCase("environment: [2001-01-01]", "services: {a: {image: x, environment: [2001-01-01]}}"),
        ComposeCase("environment: [5]", "services: {a: {image: x, environment: [5]}}"),
        ComposeCase("image: 2001-01-01", "services: {a: {image: x, image: 2001-01-01}}"),
        ComposeCase("working_dir: 5", "services: {a: {image: x, working_dir: 5}}"),
        ComposeCase("driver: x", "services: {a: {image: x, driver: x}}"),
        ComposeCase("extra_hosts: {a: 5}", "services: {a: {image: x, extra_hosts: {a: 5}}}"),
        ComposeCase("cap_add: [5]", "services: {a: {image: x, cap_add: [5]}}"),
        ComposeCase("labels: [5]", "services: {a: {image: x, labels: [5]}}"),
        ComposeCase("hostname: 0o17", "services: {a: {image: x, hostname: 0o17}}"),
        ComposeCase("healthcheck: {test: [CMD, 5]}", "services: {a: {image: x, healthcheck: {test: [CMD, 5]}}}"),
    ]
}
