//! The page of an invitation.

use super::*;

#[tokio::test]
async fn the_page_of_an_invitation_needs_no_script_and_takes_its_own_form_alone() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let (_, invitation) = bench.invites(supervisor, robin).await;
    let path = format!("/i/{}", invitation["token"].as_str().expect("a token"));
    let read = async |request: Request<Body>| {
        let answer = bench.send(request).await;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = axum::body::to_bytes(answer.into_body(), 1_000_000).await.expect("a body");
        (status, headers, String::from_utf8(bytes.to_vec()).expect("text"))
    };
    let (status, headers, html) = read(Browser::default().request(&Method::GET, &path, None)).await;
    assert!(
        status == 200 && html.contains("<form ") && html.contains("method=\"post\"") && !html.contains("<script"),
        "{html}"
    );
    assert!(headers["content-security-policy"].to_str().expect("text").starts_with("default-src 'none'"));
    let send = |form: &str, site: &'static str| {
        let mut request = Browser::default().request(&Method::POST, &path, None);
        request.headers_mut().insert("sec-fetch-site", HeaderValue::from_static(site));
        *request.body_mut() = Body::from(form.to_owned());
        request
    };
    let form = "name=Robin&password=seven+wet+herons&again=seven+wet+herons&code=";
    assert_eq!(read(send(form, "cross-site")).await.0, 403);
    let (status, _, html) = read(send("name=<b>&password=seven+wet+herons&again=other", "same-origin")).await;
    assert!(status == 422 && html.contains("not the same") && !html.contains("<b>"), "{html}");
    assert_eq!(read(send(form, "same-origin")).await.0, 200);
    assert_eq!(read(send(form, "same-origin")).await.0, 404, "it is used up");
    assert_eq!(read(Browser::default().request(&Method::GET, &path, None)).await.0, 404);
    assert_eq!(Browser::default().signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
}
