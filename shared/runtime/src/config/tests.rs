use super::*;
use std::collections::BTreeSet;

const SHIPPED: &str = include_str!("../../../../config/wideawake.toml");

fn parse(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let env = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Config::parse(text, "w.toml", Path::new("etc"), env)
}

/// The lines of the complaint.
fn mistakes(text: &str, env: &[(&str, &str)]) -> Vec<String> {
    parse(text, env).map_or_else(|errors| errors.to_string().lines().map(ToOwned::to_owned).collect(), |_| Vec::new())
}

fn sqlite(config: &Config) -> &Path {
    if let LedgerEngine::Sqlite(path) = &config.ledger.engine { path } else { Path::new("") }
}

#[test]
fn the_shipped_file_says_exactly_the_defaults() {
    let shipped = parse(SHIPPED, &[]);
    let empty = parse("", &[]);
    assert_eq!(format!("{shipped:#?}"), format!("{empty:#?}"));
    let config = shipped.expect("the shipped file is right");
    assert_eq!(
        format!("{:?}", config.settings.dispatch),
        format!("{:?}", wideawake_domain::settings::Dispatch::default())
    );
    assert_eq!(sqlite(&config), Path::new("etc/data/ledger.sqlite3"));
    assert_eq!(config.rules, Path::new("etc/rules.toml"));
}

#[test]
fn the_shipped_file_has_every_key() {
    let asked = |text: &str| -> BTreeSet<String> {
        Config::parse_noting_keys(text, "", Path::new(""), std::iter::empty()).1.into_iter().collect()
    };
    let preference = "[[line]]\nname = \"n\"\nprefers = [{ skill = \"a\", for = \"1s\" }]\n[[pool]]\nname = \"p\"";
    let every: BTreeSet<_> = asked(SHIPPED).union(&asked(preference)).cloned().collect();
    assert!(every.len() > 40, "{every:?}");
    for key in every {
        let mut section = String::new();
        let written = SHIPPED.lines().any(|line| {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_matches(['[', ']']).to_owned();
            }
            let name = line.split('=').next().unwrap_or_default().trim();
            key == format!("{section}.{name}")
        });
        assert!(written || key.starts_with("line.prefers."), "{key} is not in the shipped file");
    }
}

#[test]
fn every_mistake_is_named_at_once_with_its_place() {
    let text = r#"
[intake]
listen = "localhost"
listne = "127.0.0.1:1"
[ledger]
url = "mysql://me:hunter2@db/x"
[bus]
url = "nats://me:hunter2@mq"
[vault]
master_keys = ["c2VjcmV0", 7]
[[pool]]
name = "all"
[[pool]]
name = "a"
[[pool]]
name = "a"
[[line]]
name = "Night Line"
pool = "b"
languages = ["en", "e!", "en"]
needs = "x"
topics = ["A b"]
default = true
[[line]]
pool = "a"
prefers = [{ skill = "x" }, { skill = "y", for = "0s", fro = 1 }]
retention = "forever"
default = true
[dispatch]
presence_grace = "soon"
reconnect_grace = "0s"
reply = 5
[dispatch.standard]
fanout = 0
[dispatsh]
x = 1
"#;
    same(
        &mistakes(text, &[("WIDEAWAKE_DISPATCH__WIND_DOWM", "1m"), ("WIDEAWAKE_DISPATCH__URGENT__FANOUT", "many")]),
        &[
            r#"w.toml:3: intake.listen = "localhost": write an IP address and a port such as "127.0.0.1:8080" or "[::]:8080"; port 0 takes any that is free"#,
            r"w.toml:4: intake.listne: there is no such key; did you mean intake.listen?",
            r#"w.toml:6: ledger.url = "mysql://…@db/x": write "sqlite:" and the path of a file, such as "sqlite:data/ledger.sqlite3", or the address of a PostgreSQL database, such as "postgres://user:password@host:5432/wideawake""#,
            r#"w.toml:8: bus.url = "nats://…@mq": write "memory:", or the address of a RabbitMQ broker, such as "amqp://user:password@host:5672/vhost""#,
            r"w.toml:10: vault.master_keys: write 32 random bytes in base64, such as `openssl rand -base64 32` prints",
            r#"w.toml:12: pool.name = "all": this name means every pool; write another"#,
            r#"w.toml:16: pool.name = "a": there is a pool of this name already; write another"#,
            r#"w.toml:18: line.name = "Night Line": write a name of 1 to 64 lowercase letters, digits, - or _"#,
            r#"w.toml:19: line.pool = "b": there is no [[pool]] of this name; write one of "a""#,
            r#"w.toml:20: line.languages = "e!": write a language tag such as "en" or "pt-BR""#,
            r#"w.toml:20: line.languages = "en": is in the list already; write it once"#,
            r#"w.toml:21: line.needs = "x": write a list of names such as ["crisis-intervention"]"#,
            r#"w.toml:22: line.topics = "A b": write a name of 1 to 64 lowercase letters, digits, - or _"#,
            r#"w.toml:24: line.name: is missing; write a name such as "night""#,
            r#"w.toml:26: line.prefers.for: is missing; write a duration such as "60s""#,
            r#"w.toml:26: line.prefers.for = "0s": cannot be switched off: leave the whole preference out instead; write a duration such as "30s""#,
            r"w.toml:26: line.prefers.fro: there is no such key; did you mean line.prefers.for?",
            r#"w.toml:27: line.retention = "forever": write a duration such as "30s" (units ms, s, m, h, d), up to ten years"#,
            r"w.toml:28: line.default = true: another line is the default already; exactly one is",
            r#"w.toml:30: dispatch.presence_grace = "soon": write a duration such as "30s" (units ms, s, m, h, d), up to ten years"#,
            r#"w.toml:31: dispatch.reconnect_grace = "0s": cannot be switched off: nobody would ever count as gone; write a duration such as "30s""#,
            r#"w.toml:32: dispatch.reply = 5: write a duration such as "30s" (units ms, s, m, h, d), up to ten years"#,
            r"w.toml:34: dispatch.standard.fanout = 0: write an integer from 1 to 1000",
            r"w.toml:35: dispatsh: there is no such key; did you mean dispatch?",
            r#"WIDEAWAKE_DISPATCH__URGENT__FANOUT = "many": write an integer from 1 to 1000"#,
            r"WIDEAWAKE_DISPATCH__WIND_DOWM: there is no such key; did you mean dispatch.wind_down?",
        ],
    );
}

#[test]
fn checkpoints_are_written_down_where_and_as_often_as_it_says() {
    let proof = |text: &str| parse(text, &[]).expect("it is right").proof;
    assert_eq!(proof("").file, None);
    let said = proof("proof = { file = \"/mnt/a/kept.jsonl\", every = \"1m\" }");
    assert_eq!((said.file.as_deref(), said.every.as_secs()), (Some(Path::new("/mnt/a/kept.jsonl")), 60));
    assert_eq!(proof("proof.file = \"kept\"").file.as_deref(), Some(Path::new("etc/kept")));
    same(
        &mistakes("[proof]\nfile = \"a/\"\nevery = \"20ms\"", &[]),
        &[
            r#"w.toml:2: proof.file = "a/": write the path of a file such as "/mnt/elsewhere/checkpoints.jsonl", or "" for none"#,
            r#"w.toml:3: proof.every = "20ms": write "1s" or more"#,
        ],
    );
}

fn same(is: &[String], wanted: &[&str]) {
    assert_eq!(is.join("\n"), wanted.join("\n"));
}

#[test]
fn text_that_is_no_toml_is_named_by_line() {
    let all = mistakes("[intake\nlisten = \"127.0.0.1:1\"\n\n[desk]\nlisten = \n[desk]\n", &[]);
    assert!(all.len() >= 2, "{all:?}");
    assert!(all[0].starts_with("w.toml:1: this is not TOML: "), "{all:?}");
    assert!(all.iter().any(|line| line.starts_with("w.toml:5: this is not TOML: ")), "{all:?}");
}

#[test]
fn the_environment_wins_over_the_file() {
    let env = [
        ("WIDEAWAKE_DISPATCH__PRESENCE_GRACE", "1500ms"),
        ("WIDEAWAKE_DISPATCH__IMMINENT__FANOUT", "5"),
        ("WIDEAWAKE_DISPATCH__URGENT__NEEDS", "[\"crisis-intervention\"]"),
        ("WIDEAWAKE_INTAKE__LIMITS__ENABLED", "false"),
        ("WIDEAWAKE_LEDGER__URL", "sqlite:/srv/x.sqlite3"),
        ("WIDEAWAKE_LINE", "[{ name = \"day\", languages = [\"pt-BR\"] }]"),
        ("WIDEAWAKE_PORT", "tcp://10.0.0.1:80"),
        ("WIDEAWAKE_SERVICE_HOST", "10.0.0.1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
        ("OTEL_SERVICE_NAME", "desk-3"),
        ("PATH", "/bin"),
    ];
    let config = parse(SHIPPED, &env).expect("all of it is right");
    assert_eq!(config.settings.dispatch.presence_grace, chrono::TimeDelta::milliseconds(1500));
    assert_eq!(config.settings.dispatch.tiers[3].fanout, 5);
    assert_eq!(config.settings.dispatch.tiers[2].needs[0].as_str(), "crisis-intervention");
    assert!(!config.intake.limits.enabled);
    assert_eq!(sqlite(&config), Path::new("/srv/x.sqlite3"));
    assert_eq!(config.settings.lines.len(), 1);
    assert!(config.settings.lines[0].default);
    assert_eq!(config.settings.lines[0].pool.as_str(), "main");
    assert_eq!(config.telemetry.otlp_endpoint.as_deref(), Some("http://collector:4318"));
    assert_eq!(config.telemetry.service_name, "desk-3");
    let ours = [("WIDEAWAKE_TELEMETRY__OTLP_ENDPOINT", ""), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")];
    assert_eq!(parse("", &ours).expect("right").telemetry.otlp_endpoint, None);
}

#[test]
fn a_secret_is_never_shown() {
    let secret = "aHVudGVyMg==";
    for (text, env) in [
        (format!("[vault]\nmaster_keys = [\"{secret}\"]"), String::new()),
        (format!("[vault]\nmaster_keys = \"{secret}\""), String::new()),
        (format!("[vault]\nmaster_keys = [\"{secret}]"), String::new()),
        (format!("[vault]\nmaster_keys = [\"{secret}\" \"{secret}\"]"), String::new()),
        (format!("[vault]\nmaster_keys = {{ k = \"{secret}\" }}"), String::new()),
        (format!("vault = \"{secret}\""), String::new()),
        (format!("[vault]\n{secret}"), String::new()),
        (String::new(), format!("[\"{secret}\"]")),
        (String::new(), format!("[\"{secret}")),
        (String::new(), secret.to_owned()),
    ] {
        let env: &[_] = if env.is_empty() { &[] } else { &[("WIDEAWAKE_VAULT__MASTER_KEYS", env.as_str())] };
        let all = mistakes(&text, env).join("\n");
        assert!(!all.is_empty() && !all.contains("aHVud"), "{text}: {all}");
    }
    let right = "[\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]";
    let config = parse("", &[("WIDEAWAKE_VAULT__MASTER_KEYS", right)]).expect("a key of 32 bytes");
    assert!(config.vault.master_keys.is_some());
    assert!(!format!("{config:?}").contains("AAEC"));
}

#[test]
fn secrets_of_providers_are_never_shown() {
    let secret = "aHVudGVyMg==";
    for text in [
        format!("[notifier.webhook]\nsecrets = [\"{secret}\"]"),
        format!("[notifier.webhook]\n{} = 1", secret.trim_end_matches('=')),
        format!("[notifier.email]\npassword = [\"{secret}\"]"),
        format!("[notifier.sms]\nurl = \"{secret}\""),
        format!("[notifier.sms]\nheaders = [\"{secret}\"]"),
        format!("[notifier.sms]\ntoken = [\"{secret}\"]"),
        format!("[notifier.sms]\ninbound_secrets = [\"{secret}\"]"),
        format!("[notifier]\nsms = \"{secret}\""),
        format!("[sign_in.oidc]\nclient_secret = [\"{secret}\"]"),
        format!("[sign_in.oidc]\n{} = 1", secret.trim_end_matches('=')),
    ] {
        let all = mistakes(&text, &[]).join("\n");
        assert!(!all.is_empty() && !all.contains("aHVud"), "{text}: {all}");
    }
    let text = r#"
        [notifier.webhook]
        secrets = ["whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ="]
        [notifier.email]
        host = "mail.example.org"
        user = "me"
        password = "hunter2hunter2"
        from = "pages@example.org"
        [notifier.sms]
        preset = "twilio"
        account = "AC1"
        token = "hunter2hunter2"
        from = "+34600000000"
    "#;
    let config = parse(text, &[]).expect("right");
    let (notifier, inbound) = (&config.notifier, &config.desk.inbound);
    let (email, sms) = (notifier.email.as_ref().expect("there"), notifier.sms.as_ref().expect("there"));
    assert_eq!((email.port, email.tls, &*sms.method), (587, MailTls::StartTls, "POST"));
    assert!(notifier.webhook.is_some() && inbound.twilio.is_some());
    assert_eq!(inbound.url, "http://127.0.0.1:8081/v1/inbound/sms");
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("aHVud") && !shown.contains("aHVudGVyMmh1"), "{shown}");
}

#[test]
fn what_a_provider_needs_is_asked_for() {
    let has = |text: &str, wanted: &str| {
        let all = mistakes(text, &[]);
        assert!(!all.is_empty() && all.iter().all(|line| line.contains(wanted)), "{text}: {all:#?}");
    };
    has("[notifier.email]\nhost = \"mail.example.org\"", "write the address that pages come from");
    has("[notifier.sms]\npreset = \"twilio\"", "the preset \"twilio\" needs account, token and from");
    has("[notifier.sms]\nurl = \"https://a.example\"\nbody = \"Body={text}\"", "write {to} where the number goes");
    let json = "[notifier.sms]\nurl = \"https://a.example\"\nformat = \"json\"\n";
    has(&format!("{json}body = '{{\"to\":{{to}},\"text\":\"{{text}}'"), "is not JSON once");
    has("[notifier.sms]\nheaders = [\"a b: c\"]", "write a header such as");
    has("[notifier.sms]\nsuccess = [404]", "write an integer from 200 to 299");
    has("[notifier]\npublic_url = \"desk.example.org\"", "write the address of the staff's door");
    has("[notifier]\nattempts = 0", "write an integer from 1 to 10");
    assert_eq!(parse("[notifier]\ncap = 0", &[]).expect("right").notifier.paging.cap, None);
}

#[test]
fn what_a_claim_may_give_is_checked_against_what_there_is() {
    let with =
        |more: &str| format!("[sign_in.oidc]\nissuer = \"https://id.example.org\"\nclient_id = \"desk\"\n{more}");
    let has = |text: &str, wanted: &str| {
        let all = mistakes(text, &[]);
        assert!(all.len() == 1 && all[0].contains(wanted), "{text}: {all:#?}");
    };
    for wrong in ["id.example.org", "http://id.example.org", "https://id.example.org?a=b", "https://me@id.example.org"]
    {
        has(&format!("[sign_in.oidc]\nclient_id = \"desk\"\nissuer = \"{wrong}\""), "write the provider's issuer");
    }
    has("[sign_in.oidc]\nissuer = \"http://127.0.0.1:9\"", "the provider gives one to each client");
    has(&with("scopes = [\"profile\"]"), "must have \"openid\" in it");
    has(&with("accounts = \"automatic\""), "needs grants");
    has(&with("grants = [{ claim = \"a\", roles = [\"admin\"] }]"), "no claim makes an admin");
    has(&with("grants = [{ claim = \"a\", pools = [\"elsewhere\"] }]"), "there is no such pool");
    has(&with("grants = [{ roles = [\"volunteer\"] }]"), "is missing; it is the value of the claim");
    let text = with(
        "client_secret = \"hunter2hunter2\"\ngrants = [{ claim = \"a\", roles = [\"volunteer\"], pools = [\"main\"] }]",
    );
    let config = parse(&text, &[]).expect("right");
    assert!(!format!("{config:?}").contains("hunter2"));
    let oidc = config.desk.sign_in.oidc.expect("it is there");
    assert_eq!((oidc.mapping.0.len(), oidc.accounts), (1, Accounts::Invited));
    assert!(parse("", &[]).expect("right").desk.sign_in.oidc.is_none());
}

#[test]
fn what_does_not_go_together_is_refused() {
    let has = |text: &str, wanted: &str| {
        let all = mistakes(text, &[]);
        assert!(all.len() == 1 && all[0].contains(wanted), "{text}: {all:#?}");
    };
    has("[dispatch]\npresence_grace = \"2m\"", "must not be longer than reconnect_grace");
    has("[dispatch]\nreconnect_grace = \"1s\"", "must not be longer than reconnect_grace");
    has("[desk]\nlisten = \"127.0.0.1:8080\"", "the intake listens there already");
    has("[intake]\nlisten = \"127.0.0.1:8081\"", "the intake listens there already");
    has("[[line]]\nname = \"a\"\n[[line]]\nname = \"b\"", "no line is the default");
    has("[[line]]\nname = \"a\"\ndefault = false", "the only line is the default");
    has("[[line]]\nname = \"a\"\n[[line]]\nname = \"a\"\ndefault = true", "a line of this name already");
    has("[[line]]\nname = \"a\"\nlanguages = []", "at least one language");
    has("[[pool]]\nname = \"x\"\n[[pool]]\nname = \"y\"\n[[line]]\nname = \"a\"", "write one of \"x\", \"y\"");
    has("[ledger]\nurl = \"sqlite://data/x\"", "leave out the \"//\"");
    has("[ledger]\nurl = \"sqlite::memory:\"", "the path of a file");
    has("line = 3", "write it as [[line]]");
    has("dispatch = 3", "must be a table");
    has("[telemetry]\nlog_filter = \"loud=very\"", "write a level");
    has("[telemetry]\nlog_format = \"xml\"", "write \"readable\" or \"json\"");
    has("[telemetry]\notlp_endpoint = \"collector:4318\"", "http:// address");
    has("[live]\nurl = \"redis:x\"", "a Redis URL is");
    has("[bus]\nurl = \"amqp://me:hunter2@:5672\"", "the address of a RabbitMQ broker");
    has("[ledger]\nurl = \"postgres:///x\"", "the address of a PostgreSQL database");
    has("[ledger]\nurl = \"postgres://db/x\"", "a key that all processes are given");
}

#[test]
fn limits_can_be_switched_off() {
    let text = "[[line]]\nname = \"a\"\nretention = \"0s\"\n[dispatch]\nwind_down = \"0s\"\nmax_weekly_hours = \"20h\"";
    let settings = parse(text, &[]).expect("right").settings;
    assert_eq!(settings.lines[0].retention, None);
    assert_eq!(settings.dispatch.wind_down, None);
    assert_eq!(settings.dispatch.max_weekly_hours, Some(chrono::TimeDelta::hours(20)));
}

#[test]
fn a_file_that_cannot_be_read_is_one_mistake() {
    let errors = Config::load(Some(Path::new("/nonexistent/w.toml")), std::iter::empty()).expect_err("no such file");
    let line = errors.to_string();
    assert!(line.starts_with("/nonexistent/w.toml: cannot be read (") && line.ends_with("--config"), "{line}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}|(\\[{0,2}(intake|line|pool|dispatch|vault|ledger|x)[.\\]]{0,2}\n?| ?(name|url|listen|prefers|fanout|needs|presence_grace) ?= ?|\"[a-z0-9:]{0,5}\"|[0-9]{1,25}|[\\[\\]{},\n=.'\"-]|[0-9]{4}-01-01|1e9|true){0,40}", env in "\\PC{0,40}|[\\[\\]{}=\", a-z0-9]{0,40}") {
        let env = [
            ("WIDEAWAKE_LINE", env.as_str()),
            ("WIDEAWAKE_VAULT__MASTER_KEYS", env.as_str()),
            ("WIDEAWAKE_DISPATCH__STANDARD", env.as_str()),
            ("WIDEAWAKE_DISPATCH__STANDARD__FANOUT", env.as_str()),
            ("WIDEAWAKE___", env.as_str()),
            ("WIDEAWAKE_X__Y____Z", env.as_str()),
        ];
        for some in 0..=env.len() {
            if let Err(errors) = parse(&text, &env[..some]) {
                assert!(!errors.to_string().is_empty());
            }
        }
    }
}

#[test]
fn a_secret_can_stand_in_a_file_that_a_variable_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("password");
    std::fs::write(&secret, "hunter2\n").expect("a file");
    let at = secret.display().to_string();
    let text = "[notifier.email]\nhost = \"mail.example.org\"\nuser = \"us\"\nfrom = \"us@example.org\"";
    let config = parse(text, &[("WIDEAWAKE_NOTIFIER__EMAIL__PASSWORD_FILE", &at)]).expect("right");
    let login = config.notifier.email.as_ref().and_then(|email| email.login.as_ref()).expect("a login");
    assert_eq!(secrecy::ExposeSecret::expose_secret(&login.1), "hunter2");
    assert!(!format!("{config:?}").contains("hunter2"));
    // A key that is itself called `file` is meant as it is.
    let config = parse("", &[("WIDEAWAKE_RULES__FILE", "mine.toml")]).expect("right");
    assert_eq!(config.rules, Path::new("etc/mine.toml"));
    same(
        &mistakes("", &[("WIDEAWAKE_LEDGER__URL_FILE", "/no/such/file")]),
        &["WIDEAWAKE_LEDGER__URL_FILE: names a file that cannot be read; write the path of one that can"],
    );
}

#[test]
fn proxies_are_networks_of_ones_own() {
    let trusted = |list: &str| {
        let text = format!("[intake]\ntrusted_proxies = {list}");
        parse(&text, &[])
            .map(|config| config.intake.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(trusted(r#"["10.1.2.3/8", "fd00::1"]"#).expect("right"), ["10.0.0.0/8", "fd00::1/128"]);
    for wrong in [r#"["0.0.0.0/0"]"#, r#"["::/0"]"#, r#"["proxy.example.org"]"#, r#""10.0.0.0/8""#] {
        assert!(trusted(wrong).is_err(), "{wrong}");
    }
}
