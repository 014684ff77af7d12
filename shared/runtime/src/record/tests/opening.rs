//! Opening, also twice under one id.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_that_open_one_request_one_opens_it_and_both_see_the_same() {
    let house = Arc::new(House::new());
    for n in 0..50 {
        let id = RequestId(Uuid::from_u128(n));
        let opens = ["one", "other"].map(|text| {
            let house = house.clone();
            tokio::spawn(async move { house.record.open_request(id, pool(), opened(text)).await.unwrap() })
        });
        let (mut opened, mut existed) = (Vec::new(), Vec::new());
        for open in opens {
            match open.await.unwrap() {
                Opening::Opened(state) => opened.push(state),
                Opening::Existed(state) => existed.push(state),
            }
        }
        assert_eq!((opened.len(), existed.len()), (1, 1));
        assert_eq!((existed[0].id, existed[0].version), (id, opened[0].version));
        assert_eq!(house.record.history(id, Version::NONE, 10).await.unwrap().len(), 2);
        assert_eq!(house.texts(id).await.len(), 1, "the text is sealed with the key that the ledger keeps");
        assert_eq!(house.beside().texts(id).await, house.texts(id).await);
    }
}

#[tokio::test]
async fn an_opening_nobody_heard_of_is_one_all_the_same() {
    let house = House::new();
    house.ledger.next(doubles::Fault::Unheard);
    let id = house.open(1).await;
    assert_eq!(house.texts(id).await, ["help"]);
    assert_eq!(house.beside().texts(id).await, ["help"]);
    assert_eq!(house.ahead(id).await, Some(0));
}

#[tokio::test]
async fn an_opening_that_failed_can_be_repeated() {
    let house = House::new();
    house.ledger.next(doubles::Fault::Lost);
    let id = RequestId(Uuid::from_u128(1));
    assert!(house.record.open_request(id, pool(), opened("help")).await.is_err());
    assert!(house.record.request(id).await.unwrap().is_none());
    house.open(1).await;
    assert_eq!(house.texts(id).await, ["help"]);
}
