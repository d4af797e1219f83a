extension ComposeCase {
    static let furtherInterpolation1: [ComposeCase] = [
        ComposeCase(
            "braces in a default", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-{d}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "braces in a default that is not used",
            "services:\n  a:\n    image: x\n    environment:\n      V: '${S:-{d}}x'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "an open brace in a default", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-{}y'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "braces at the end", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-{}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "text after an unbalanced default",
            "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-{}} and }'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "two variables on a line",
            "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-a}${S:-b}-${E:-c}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "default with operators", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-a?b:+c-d}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "a default that is a question", "services:\n  a:\n    image: x\n    environment:\n      V: '${U-b:-c}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "colon without operator", "services:\n  a:\n    image: x\n    environment:\n      V: 'a:${S}:b'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "nested three deep", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-${V2:-${W:-end}}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "nested alternative", "services:\n  a:\n    image: x\n    environment:\n      V: '${S:+${U:-${S}!}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "alternative of an empty variable",
            "services:\n  a:\n    image: x\n    environment:\n      V: '[${E:+x}][${E+x}]'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "alternative of an unset variable",
            "services:\n  a:\n    image: x\n    environment:\n      V: '[${U:+x}][${U+x}]'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "error message with a variable",
            "services:\n  a:\n    image: x\n    environment:\n      V: '${S:?no $U}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "an empty default", "services:\n  a:\n    image: x\n    environment:\n      V: '[${U:-}][${U-}]'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "an empty alternative", "services:\n  a:\n    image: x\n    environment:\n      V: '[${S:+}]'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "dollar at the end", "services:\n  a:\n    image: x\n    environment:\n      V: 'cost$'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "dollar before other signs", "services:\n  a:\n    image: x\n    environment:\n      V: '$5 $. $- $('\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "many dollars", "services:\n  a:\n    image: x\n    environment:\n      V: '$$$$S $$$S'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "escaped braces", "services:\n  a:\n    image: x\n    environment:\n      V: '$${S}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "escaped in a default", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-$$S}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "names with digits", "services:\n  a:\n    image: x\n    environment:\n      V: '$S1 ${S1:-d} $_x'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "lower case", "services:\n  a:\n    image: x\n    environment:\n      V: '$s ${s:-d}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "a name before text", "services:\n  a:\n    image: x\n    environment:\n      V: '$S.x ${S}x $S-x'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "value with a brace", "services:\n  a:\n    image: x\n    environment:\n      V: '$Q ${Q}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "value with a dollar", "services:\n  a:\n    image: x\n    environment:\n      V: '${D}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "unused nested default is not looked at",
            "services:\n  a:\n    image: x\n    environment:\n      V: '${S:-${}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "unused nested error", "services:\n  a:\n    image: x\n    environment:\n      V: '${S:-${U:?no}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "nested default and text",
            "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-a${S}b${E:-c}d}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "spaces in a default", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:- a b }'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "quotes in a default", #"services:\#n  a:\#n    image: x\#n    environment:\#n      V: '${U:-"x"}'\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "a URL as default",
            "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-http://u:p@h:1/?a=b#c}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "default with a dollar", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-a$}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "alternative and default", "services:\n  a:\n    image: x\n    environment:\n      V: '${S:+a}${U:-b}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "required in a default", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-${S:?x}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "unicode", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-é→😀}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "plus in a default", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-1+1}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "D": "$S"]),
        ComposeCase(
            "booleans and numbers",
            #"services:\#n  a:\#n    image: x\#n    privileged: "${T}"\#n    read_only: ${T}\#n    tty: ${U:-yes}\#n    stdin_open: ${U:-off}\#n    init: "${T}"\#n    scale: ${N}\#n    cpus: ${F}\#n    pids_limit: ${N}\#n    oom_score_adj: ${N}\#n    cpu_shares: ${N}\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "in healthcheck",
            #"services:\#n  a:\#n    image: x\#n    healthcheck: {test: "curl $S", retries: "${N}", disable: "${U:-false}", interval: "${N}s"}\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "in ulimits",
            #"services:\#n  a:\#n    image: x\#n    ulimits: {nofile: "${N}", nproc: {soft: "${N}", hard: "${N}"}}\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
    ]

    static let furtherInterpolation2: [ComposeCase] = [
        ComposeCase(
            "in ports long",
            #"services:\#n  a:\#n    image: x\#n    ports: [{target: "${N}", published: "${N}", host_ip: "${U:-1.2.3.4}", protocol: "${U:-udp}"}]\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "in networks and volumes",
            #"services: {a: {image: x, networks: [n], volumes: ['v:/v']}}\#nnetworks: {n: {name: 'net-${S}', internal: '${T}', external: '${U:-false}', driver: '${U:-bridge}', attachable: '${T}'}}\#nvolumes: {v: {name: "vol-$S", external: '${T}'}}"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "keys are left alone",
            "services: {a: {image: x, environment: {'K$S': 1}, labels: {'${S}': 2}, x-$S: 1}}\nx-${S}: 2",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "in every kind of list",
            #"services:\#n  a:\#n    image: x\#n    command: ["$S", "${U:-d}"]\#n    cap_add: ["$S"]\#n    dns: $DNS\#n    expose: ["${N}"]\#n    profiles: ["$E"]\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b", "DNS": "1.1.1.1"]),
        ComposeCase(
            "in an environment list",
            #"services:\#n  a:\#n    image: x\#n    environment: ["A=$S", "$S=b", "C=$$S"]\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "in labels", #"services:\#n  a:\#n    image: x\#n    labels: ["a=$S", "b=${U:-x}"]\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "in extends and include",
            "include: ['${S}.yaml']\nservices: {a: {extends: {file: '$S.yaml', service: 'b$E'}}}",
            files: ["s.yaml": #"services: {b: {image: "y$S"}}"#],
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "in secrets",
            "services: {a: {image: x, secrets: [s], configs: [c]}}\nsecrets: {s: {file: './$S'}}\nconfigs: {c: {content: 'a $S $$S', name: 'n$S'}}",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "multi-line text",
            "services:\n  a:\n    image: x\n    command:\n    - |\n      echo $S\n      echo ${U:-d}\n      echo $$S\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
    ]

    static let furtherInterpolationRejected: [ComposeCase] = [
        ComposeCase(
            "empty braces", "services:\n  a:\n    image: x\n    environment:\n      V: '${}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "a blank in braces", "services:\n  a:\n    image: x\n    environment:\n      V: '${ S}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "a digit first", "services:\n  a:\n    image: x\n    environment:\n      V: '${1A}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "unclosed", "services:\n  a:\n    image: x\n    environment:\n      V: '${S'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "unclosed default", "services:\n  a:\n    image: x\n    environment:\n      V: '${S:-x'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "unknown operator", "services:\n  a:\n    image: x\n    environment:\n      V: '${S%x}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "colon alone", "services:\n  a:\n    image: x\n    environment:\n      V: '${S:}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "double colon", "services:\n  a:\n    image: x\n    environment:\n      V: '${S::-x}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "required unset", "services:\n  a:\n    image: x\n    environment:\n      V: '${U?}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "required with message", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:?give it}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "required empty", "services:\n  a:\n    image: x\n    environment:\n      V: '${E:?}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "nested required", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-${V2:?deep}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "invalid in a default", "services:\n  a:\n    image: x\n    environment:\n      V: '${U:-${}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "dash in a name", "services:\n  a:\n    image: x\n    environment:\n      V: '${a-b-${}}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "dot in a name", "services:\n  a:\n    image: x\n    environment:\n      V: '${a.b}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "exclamation", "services:\n  a:\n    image: x\n    environment:\n      V: '${!S}'\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "in deploy",
            #"services:\#n  a:\#n    image: x\#n    deploy: {replicas: "${N}", resources: {limits: {cpus: "${F}", memory: "${N}m", pids: ${N}}}, restart_policy: {max_attempts: "${N}", delay: ${N}s}, update_config: {parallelism: "${N}", max_failure_ratio: "${F}"}}\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "in depends_on",
            #"services:\#n  a:\#n    image: x\#n    depends_on: {a2: {condition: service_started, required: "${U:-false}", restart: "${T}"}}\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "a default over two lines",
            "services:\n  a:\n    image: x\n    command:\n    - |\n      ${U:-a\n      b}\n",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "boolean", #"services:\#n  a:\#n    image: x\#n    privileged: "${N}"\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "integer", #"services:\#n  a:\#n    image: x\#n    scale: "${S}"\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "float", #"services:\#n  a:\#n    image: x\#n    cpus: "${S}"\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "retries", #"services:\#n  a:\#n    image: x\#n    healthcheck: {test: x, retries: "${F}"}\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "ulimit", #"services:\#n  a:\#n    image: x\#n    ulimits: {nofile: "$S"}\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "port", #"services:\#n  a:\#n    image: x\#n    ports: ["$S:80"]\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "empty integer", #"services:\#n  a:\#n    image: x\#n    scale: "${E}"\#n"#,
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase(
            "external", "services: {a: {image: x}}\nnetworks: {n: {external: '$S'}}",
            environment: ["S": "s", "E": "", "N": "3", "T": "true", "F": "0.5", "Q": "a}b"]),
        ComposeCase("in a disabled service", "services: {a: {image: x}, b: {image: '${}', profiles: [p]}}"),
        ComposeCase("in an extension", "services: {a: {image: x}}\nx-a: '${}'"),
    ]
}
