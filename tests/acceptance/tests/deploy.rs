//! placeholder
#[test]
fn a() { let _: Result<k8s_openapi::api::core::v1::Pod, _> = serde_json::from_str("{}"); let _: Result<Vec<serde_json::Value>, _> = serde_saphyr::from_multiple("{}"); }
