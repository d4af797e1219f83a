extension ComposeCase {
    static let furtherEnvironmentFiles1: [ComposeCase] = [
        ComposeCase("alone eof", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "KEY"]),
        ComposeCase("alone", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "KEY\nHOME\n"]),
        ComposeCase(
            "alone shell", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "KEY\n"],
            environment: ["KEY": "v"]),
        ComposeCase("key space", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A =1\n"]),
        ComposeCase(
            "hash", "services: {a: {image: x, env_file: e.env}}",
            files: ["e.env": ##"A=#x\##nB= #x\##nC=a#x\##nD=a #x\##nE=a\##t#x\##nF="a"#x\##n"##]),
        ComposeCase("quotes", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": #"A="x" B=2\#nC=3"#]),
        ComposeCase("after quote", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": #"A="x"y\#nB=1"#]),
        ComposeCase("after quote2", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": #"A="x"y=3\#nB=1"#]),
        ComposeCase(
            "single", "services: {a: {image: x, env_file: e.env}}",
            files: ["e.env": #"A='a\'b'\#nB='a\nb'\#nC='a$B'\#nD='x\#ny'\#n"#]),
        ComposeCase(
            "double quotes", "services: {a: {image: x, env_file: e.env}}",
            files: ["e.env": #"A="a\nb\tc\\d\$e\"f"\#nB="\0101\x41\c\u0041\a"\#nC="\012\0777\0"\#n"#]),
        ComposeCase(
            "export", "services: {a: {image: x, env_file: e.env}}",
            files: ["e.env": "export A=1\nexport  B=2\nexport\tC=3\nexport D\nexportE=5\nexport =6\n"]),
        ComposeCase("colon", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A: 1\nB:2\nC : 3\n"]),
        ComposeCase(
            "lines end as on Windows", "services: {a: {image: x, env_file: e.env}}",
            files: ["e.env": "A=1\u{d}\nB=\"2\"\u{d}\nC\u{d}\nD='x\ny'\u{d}\n"]),
        ComposeCase(
            "a byte order mark", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "\u{feff}A=1\n"]),
        ComposeCase("digits", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "1A=1\n2=3\n"]),
        ComposeCase("bad", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A-B=1\nA.B=2\nA[0]=3\n"]),
        ComposeCase("bad3", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "=1\n"]),
        ComposeCase("bad4", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A=1\n=2\n"]),
        ComposeCase("empty", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": #"A=\#nB=""\#nC=''\#n"#]),
        ComposeCase("unicode", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "É=1\nA=é\n"]),
        ComposeCase("nbsp", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A=\u{a0}1\u{a0}\n"]),
        ComposeCase(
            "backslash", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": #"A=a\nb\#nB=a\$C\#nC=$$x\#n"#]),
        ComposeCase(
            "expand", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A=1\nB=$A$A\nC=${D:-d}\nD=$C\n"]),
        ComposeCase("twice", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A=1\nA=2\nB=$A\n"]),
        ComposeCase(
            "fromservice", "services: {a: {image: x, env_file: e.env, environment: {A: svc, Z: }}}",
            files: ["e.env": "B=$A-$Z\n"]),
        ComposeCase(
            "nil overrides", "services: {a: {image: x, env_file: e.env, environment: {A: }}}", files: ["e.env": "A=1\n"]
        ),
        ComposeCase(
            "raw2", "services: {a: {image: x, env_file: [{path: e.env, format: raw}]}}",
            files: ["e.env": " B=2\nC=\"q$X\"\nD=a # b\nE\n\nG=\u{d}\nH=x\u{d}\n  #c\n"], environment: ["E": "ee"]),
        ComposeCase(
            "raw5", "services: {a: {image: x, env_file: [{path: e.env, format: raw}]}}", files: ["e.env": "\u{feff}A=2"]
        ),
        ComposeCase(
            "emptyformat", #"services: {a: {image: x, env_file: [{path: e.env, format: ""}]}}"#, files: ["e.env": "A=2"]
        ),
        ComposeCase(
            "missing ok", "services: {a: {image: x, env_file: [{path: n.env, required: false}]}}", files: ["e.env": ""]),
        ComposeCase(
            "missing raw", "services: {a: {image: x, env_file: [{path: n.env, required: false, format: raw}]}}",
            files: ["e.env": ""]),
        ComposeCase(
            "disabled service", "services: {a: {image: x}, b: {image: y, profiles: [p], env_file: nope}}",
            files: ["e.env": "A=1\n"]),
        ComposeCase(
            "no env resolution", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A=1\n"],
            flags: ["--no-env-resolution"]),
        ComposeCase(
            "no env resolution: mapping", "services: {a: {image: x, env_file: e.env, environment: {B: , HOME: }}}",
            files: ["e.env": "A=1\n"], flags: ["--no-env-resolution"]),
        ComposeCase(
            "no env resolution: list", "services: {a: {image: x, env_file: e.env, environment: [B, HOME]}}",
            files: ["e.env": "A=1\n"], flags: ["--no-env-resolution", "--no-normalize"]),
        ComposeCase(
            "no env resolution: not normal", "services: {a: {image: x, env_file: e.env, environment: {B: , HOME: }}}",
            files: ["e.env": "A=1\n"], flags: ["--no-env-resolution", "--no-normalize"]),
        ComposeCase(
            "no env resolution: labels", "services: {a: {image: x, env_file: e.env, label_file: l, labels: {z: 1}}}",
            files: ["e.env": "A=1", "l": #"L=$HOME-$L2\#nL2=x\#nM="q""#], flags: ["--no-env-resolution"]),
        ComposeCase(
            "label", "services: {a: {image: x, label_file: [l, m], labels: {M: 1}}}",
            files: ["m": "Q=$L\nL=9", "l": #"L=$HOME-$L2\#nL2=x\#nM="q""#]),
        ComposeCase(
            "cfg env",
            "services: {a: {image: x, configs: [c], secrets: [s]}}\nconfigs: {c: {environment: HOME}}\nsecrets: {s: {environment: HOME}}"
        ),
        ComposeCase(
            "envfiles", "services: {a: {image: '$A-$B-$C'}}",
            files: ["e1": "A=1\nB=1", "e2": "B=2\nC=$A$B", ".env": "A=9\nC=9"], envFiles: ["e1", "e2"]),
    ]

    static let furtherEnvironmentFiles2: [ComposeCase] = [
        ComposeCase(
            "envfiles env", "services: {a: {image: '$A-$B-$C'}}",
            files: ["e1": "A=1\nB=1", "e2": "B=2\nC=$A$B", ".env": "A=9\nC=9"],
            environment: ["COMPOSE_ENV_FILES": "e1,e2"]),
        ComposeCase(
            "envfiles env both", "services: {a: {image: '$A-$B-$C'}}", files: ["e1": "A=1\nB=1", "e2": "B=2\nC=$A$B"],
            environment: ["COMPOSE_ENV_FILES": "e1"], envFiles: ["e2"]),
        ComposeCase(
            "shell over file", "services: {a: {image: '$A$B'}}", files: [".env": "A=1\nB=$A"], environment: ["A": "s"]),
        ComposeCase("shell empty", "services: {a: {image: 'x$A'}}", files: [".env": "A=1"], environment: ["A": ""]),
        ComposeCase("dotenv dir", "services: {a: {image: x}}\n", files: [".env/x": ""]),
        ComposeCase(
            "disable", "services: {a: {image: 'x$A'}}", files: [".env": "A=1"],
            environment: ["COMPOSE_DISABLE_ENV_FILE": "true"]),
        ComposeCase(
            "disable0", "services: {a: {image: 'x$A'}}", files: [".env": "A=1"],
            environment: ["COMPOSE_DISABLE_ENV_FILE": "0"]),
        ComposeCase(
            "disable dotenv", "services: {a: {image: 'x$A'}}", files: [".env": "A=1\nCOMPOSE_DISABLE_ENV_FILE=1"]),
        ComposeCase(
            "envfiles in dotenv", "services: {a: {image: 'x$A'}}", files: [".env": "COMPOSE_ENV_FILES=e1", "e1": "A=1"]),
    ]

    static let furtherEnvironmentFilesRejected: [ComposeCase] = [
        ComposeCase("space key", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A B=1\n"]),
        ComposeCase("bad var", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A=${\n"]),
        ComposeCase("req", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A=${X:?no}\n"]),
        ComposeCase("bad2", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": "A@B=1\n"]),
        ComposeCase("unterminated", "services: {a: {image: x, env_file: e.env}}", files: ["e.env": #"A="x\#nB=1\#n"#]),
        ComposeCase(
            "raw", "services: {a: {image: x, env_file: [{path: e.env, format: raw}]}}",
            files: ["e.env": #"A=1\#n B=2\#n#c\#nC="q"\#nD=a # b\#nE\#nF = 3\#n"#]),
        ComposeCase(
            "raw3", "services: {a: {image: x, env_file: [{path: e.env, format: raw}]}}", files: ["e.env": "=2\n"]),
        ComposeCase(
            "raw4", "services: {a: {image: x, env_file: [{path: e.env, format: raw}]}}", files: ["e.env": "A B=2\n"]),
        ComposeCase(
            "badformat", "services: {a: {image: x, env_file: [{path: e.env, format: xx}]}}", files: ["e.env": "A=2"]),
        ComposeCase("missing", "services: {a: {image: x, env_file: n.env}}", files: ["e.env": ""]),
        ComposeCase(
            "two", "services: {a: {image: x, env_file: [e.env, f.env], environment: [C=3]}}",
            files: ["e.env": "A=1\nB=1\n"]),
        ComposeCase("dir", "services: {a: {image: x, env_file: [.]}}", files: ["e.env": "A=1\n"]),
        ComposeCase("label missing", "services: {a: {image: x, label_file: [l]}}"),
        ComposeCase("envfile missing", "services: {a: {image: x}}\n", envFiles: ["nope"]),
        ComposeCase("envfile dir", "services: {a: {image: x}}\n", envFiles: ["."]),
        ComposeCase("envfile empty", "services: {a: {image: 'x$A'}}", files: [".env": "A=1"], envFiles: [""]),
        ComposeCase("dotenv bad", "services: {a: {image: x}}\n", files: [".env": "A B=1"]),
        ComposeCase("dotenv req", "services: {a: {image: x}}\n", files: [".env": "A=${Z:?no}"]),
        ComposeCase(
            "disable empty", "services: {a: {image: 'x$A'}}", files: [".env": "A=1"],
            environment: ["COMPOSE_DISABLE_ENV_FILE": ""]),
    ]
}
