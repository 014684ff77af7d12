//! With a real provider, which the test starts.

use wideawake_engines::OidcProvider;

use super::*;

fn provider() -> OidcProvider {
    OidcProvider::start(BACK).expect("the provider of the tests runs")
}

/// Goes where the desk sends a browser, and on from there until it is sent back; with which query.
async fn through(question: &Question) -> String {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let (mut url, mut jar) = (question.url.clone(), BTreeMap::<String, String>::new());
    for _ in 0..10 {
        if url.as_str().starts_with(BACK) {
            return url.query().unwrap_or_default().to_owned();
        }
        let cookies: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = client.get(url.clone()).header("cookie", cookies.join("; ")).send().await.expect("an answer");
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().expect("text").split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie");
            jar.insert(name.to_owned(), value.to_owned());
        }
        let Some(to) = answer.headers().get("location").and_then(|to| to.to_str().ok()).map(ToOwned::to_owned) else {
            panic!("{url}: {}", answer.text().await.unwrap_or_default());
        };
        url = url.join(&to).expect("a URL");
    }
    panic!("{url} leads nowhere")
}

async fn signs_in(bench: &Bench, browser: &mut Browser) -> (u16, String) {
    let question = browser.asks(bench, BEGIN).await;
    let query = through(&question).await;
    browser.returns(bench, &query).await
}

#[tokio::test]
async fn somebody_of_the_organisation_comes_in_with_what_its_claims_give() {
    let provider = provider();
    let bench = bench(Oidc { always_second_factor: true, ..client(&provider.issuer()) }).await;
    let groups =
        |groups: &str| format!(r#"{{"nickname":"Robin","groups":{groups},"zoneinfo":"Europe/Lisbon","locale":"pt"}}"#);
    provider.account("robin-1", &groups(r#"["gardeners"]"#)).expect("it is set");
    let mut browser = Browser::default();
    let (_, _, page) = browser.opens(&bench, "/sign-in").await;
    assert!(page.contains(&format!("href=\"{BEGIN}\"")), "the sign-in leads there: {page}");
    let (status, text) = signs_in(&bench, &mut browser).await;
    assert!(status == 403 && text.contains("gives you no role here"), "{status} {text}");

    provider.account("robin-1", &groups(r#"["listeners"]"#)).expect("it is set");
    let (status, text) = signs_in(&bench, &mut browser).await;
    assert!(status == 200 && text.contains("url=/desk\""), "{status} {text}");
    assert_eq!(browser.cookies.get("wideawake_oidc"), None, "the ticket is torn");
    let robin = me(&bench, &mut browser).await;
    assert_eq!(
        (&robin["alias"], &robin["roles"], &robin["pools"]),
        (&json!("Robin"), &json!(["volunteer"]), &json!(["main"]))
    );

    // The same person, also in another process, and what the claim gives now.
    let beside = bench.beside_with_provider(&provider.issuer()).await;
    provider.account("robin-1", &groups(r#"["leads"]"#)).expect("it is set");
    let mut other = Browser::default();
    assert_eq!(signs_in(&beside, &mut other).await.0, 200);
    let again = me(&beside, &mut other).await;
    assert_eq!((&again["id"], &again["roles"]), (&robin["id"], &json!(["supervisor"])));
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let (_, history) = bench.get(admin, &format!("/v1/audit/staff:{}", robin["id"].as_str().expect("an id"))).await;
    let kinds: Vec<_> =
        history["items"].as_array().expect("a list").iter().map(|item| (&item["type"], &item["actor"])).collect();
    let operator = json!("operator");
    assert_eq!(
        kinds,
        [(&json!("added"), &operator), (&json!("organisation_linked"), &operator), (&json!("changed"), &operator)]
    );

    // When it gives nothing any more they are out, at once and everywhere.
    provider.account("robin-1", &groups("[]")).expect("it is set");
    assert_eq!(signs_in(&bench, &mut Browser::default()).await.0, 403);
    let out = async {
        while browser.me(&bench).await != 401 || other.me(&beside).await != 401 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, out).await.expect("every session ends");
    assert_eq!(
        bench.get(admin, &format!("/v1/staff/{}", robin["id"].as_str().expect("an id"))).await.1["roles"],
        json!([])
    );
}

#[tokio::test]
async fn an_account_is_linked_by_an_invitation_and_is_nobody_elses() {
    let provider = provider();
    let oidc = client(&provider.issuer());
    let bench = bench(Oidc { accounts: Accounts::Invited, mapping: Mapping::default(), ..oidc }).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let [robin, kim] =
        [bench.staff(&[Role::Volunteer], &["main"]).await, bench.staff(&[Role::Volunteer], &["main"]).await];
    provider.account("robin-1", "{}").expect("it is set");
    let (status, text) = signs_in(&bench, &mut Browser::default()).await;
    assert!(
        status == 403 && text.contains("nobody here has linked this account") || text.contains("Nobody here"),
        "{text}"
    );

    let link = async |whom: StaffId| {
        let (_, invitation) = bench.invites(supervisor, whom).await;
        format!("/i/{}/organisation", invitation["token"].as_str().expect("a token"))
    };
    let (path, mut browser) = (link(robin).await, Browser::default());
    // From elsewhere it would link whoever follows it.
    let mut foreign = browser.request(&Method::GET, &path, None);
    foreign.headers_mut().insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
    assert_eq!(bench.send(foreign).await.status(), 403);
    let page = browser.opens(&bench, path.trim_end_matches("/organisation")).await.2;
    assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
    let question = browser.asks(&bench, &path).await;
    let query = through(&question).await;
    assert_eq!(browser.returns(&bench, &query).await.0, 200);
    assert_eq!(me(&bench, &mut browser).await["id"], json!(robin.to_string()));
    assert_eq!(browser.opens(&bench, &path).await.0, 404, "the invitation is used up");
    assert_eq!(signs_in(&bench, &mut Browser::default()).await.0, 200);

    // Kim's invitation, and Robin's account.
    let (path, mut thief) = (link(kim).await, Browser::default());
    let question = thief.asks(&bench, &path).await;
    let query = through(&question).await;
    assert_eq!((thief.returns(&bench, &query).await.0, thief.me(&bench).await), (409, 401));

    // With a new invitation the account is no longer good, until it is linked anew.
    let path = link(robin).await;
    assert_eq!(browser.me(&bench).await, 401);
    let (status, text) = signs_in(&bench, &mut Browser::default()).await;
    assert!(status == 403 && text.contains("invited anew"), "{text}");
    let question = browser.asks(&bench, &path).await;
    let query = through(&question).await;
    assert_eq!(browser.returns(&bench, &query).await.0, 200);
    // Whoever left does not come back as somebody new.
    assert_eq!(bench.call(supervisor, Method::DELETE, &format!("/v1/staff/{robin}"), None).await.0, 204);
    let (status, text) = signs_in(&bench, &mut Browser::default()).await;
    assert!(status == 403 && text.contains("no longer one of the staff"), "{text}");
}

#[tokio::test]
async fn an_answer_is_good_once_and_in_the_browser_that_asked() {
    let provider = provider();
    let bench = bench(client(&provider.issuer())).await;
    provider.account("robin-1", r#"{"groups":["listeners"]}"#).expect("it is set");
    let mut browser = Browser::default();
    let question = browser.asks(&bench, BEGIN).await;
    assert_eq!(question.get("code_challenge_method"), "S256");
    let query = through(&question).await;
    // Another browser, with a ticket of its own and without.
    let mut other = Browser::default();
    assert_eq!(other.returns(&bench, &query).await.0, 401);
    other.asks(&bench, BEGIN).await;
    assert_eq!((other.returns(&bench, &query).await.0, other.me(&bench).await), (401, 401));
    let before = browser.clone();
    assert_eq!(browser.returns(&bench, &query).await.0, 200);
    // The same again, with all that the browser had: the provider does not take the code twice.
    let mut replayed = before;
    assert_eq!((replayed.returns(&bench, &query).await.0, replayed.me(&bench).await), (401, 401));
    assert_eq!(bench.sessions().await, 1);
    // A session that was planted before is not what they sign in to.
    let mut planted = Browser::default();
    planted.cookies.insert("wideawake_staff".to_owned(), browser.session().to_owned());
    let victim = browser.session().to_owned();
    assert_eq!(signs_in(&bench, &mut planted).await.0, 200);
    assert_ne!(planted.session(), victim);
}

#[tokio::test]
async fn a_provider_that_is_down_is_one_sentence_and_keeps_nobody_else_out() {
    let mut provider = provider();
    let bench = bench(client(&provider.issuer())).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    provider.kill();
    let (status, _, text) = Browser::default().opens(&bench, BEGIN).await;
    assert!(status == 503 && text.contains("sign-in cannot be used just now"), "{text}");
    assert_eq!(Browser::default().signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
}
