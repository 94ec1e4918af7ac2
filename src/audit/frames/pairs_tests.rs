use super::*;

fn row(client: i64, file: i64, at: i64, id: i64) -> Event {
    Event { client, file, from: at, to: at, id }
}

fn request(client: i64, file: i64, to: i64, ran: i64, id: i64) -> Event {
    Event { client, file, from: to - ran, to, id }
}

fn ids(mut pairs: Vec<Pair>) -> Vec<(i64, i64)> {
    pairs.sort_unstable();
    pairs.into_iter().map(|(web, log, _)| (web, log)).collect()
}

#[test]
fn each_request_and_each_row_is_used_once_the_nearest_first() {
    let web = vec![request(1, 1, 100, 0, 1), request(1, 1, 103, 0, 2), request(1, 1, 106, 0, 3)];
    let log = vec![row(1, 1, 104, 11), row(1, 1, 107, 12)];
    assert_eq!(ids(pair_by_key(&web, &log, MARGIN_S)), [(2, 11), (3, 12)]);
    // A burst within one second: as many pairs as both show.
    let web: Vec<Event> = (1..=4).map(|id| request(1, 1, 100, 0, id)).collect();
    let log: Vec<Event> = (11..=13).map(|id| row(1, 1, 100, id)).collect();
    assert_eq!(ids(pair_by_key(&web, &log, MARGIN_S)).len(), 3);
}

#[test]
fn another_client_another_file_or_another_time_is_no_pair() {
    let web = vec![request(1, 1, 100, 0, 1), request(2, 2, 100, 0, 2), request(3, 3, 100, 0, 3)];
    let log = vec![row(2, 1, 100, 11), row(1, 2, 100, 12), row(3, 3, 100 + MARGIN_S + 1, 13)];
    assert!(pair_by_key(&web, &log, MARGIN_S).is_empty());
}

#[test]
fn the_row_lies_while_the_request_ran_however_long() {
    // Two hours; the application was done an hour before the last byte was out.
    let web = vec![request(1, 1, 10_000, 7_200, 1)];
    assert_eq!(ids(pair_by_key(&web, &[row(1, 1, 6_400, 11)], MARGIN_S)), [(1, 11)]);
    // The same row beside a request of a second is another download.
    let web = vec![request(1, 1, 10_000, 1, 1)];
    assert!(pair_by_key(&web, &[row(1, 1, 6_400, 11)], MARGIN_S).is_empty());
}

#[test]
fn a_request_without_file_is_paired_only_when_nothing_else_is_near() {
    let log = vec![row(1, 1, 100, 11), row(1, 2, 500, 12), row(1, 3, 520, 13)];
    let web = vec![request(1, 0, 101, 0, 1), request(1, 0, 508, 0, 2)];
    assert_eq!(pair_without_file(&web, &log), [((1, 11, -1), "client")]);
}

#[test]
fn an_archive_is_one_request_with_the_rows_of_several_files() {
    let log = vec![row(1, 1, 100, 11), row(1, 2, 104, 12), row(1, 3, 130, 13), row(2, 4, 104, 14)];
    let web = vec![request(1, 0, 105, 6, 1)];
    let found = |web: &[Event]| {
        let mut pairs: Vec<(i64, &str)> = pair_without_file(web, &log).iter().map(|(p, by)| (p.1, *by)).collect();
        pairs.sort_unstable();
        pairs
    };
    assert_eq!(found(&web), [(11, "archive"), (12, "archive")]);
    // Two such requests at once: nobody can say whose rows these are.
    assert!(found(&[request(1, 0, 105, 6, 1), request(1, 0, 104, 5, 2)]).is_empty());
}

#[test]
fn a_burst_through_a_balancer_is_paired_where_one_client_alone_is_near() {
    let kind = |kind: &str, address: &str| (kind.to_owned(), address.to_owned());
    let kinds = HashMap::from([
        (1, kind("front", "10.20.0.9")),
        (2, kind("client", "203.0.113.1")),
        (3, kind("client", "203.0.113.2")),
        (4, kind("none", "")),
    ]);
    let event = |client, at, id| Event { client, file: 7, from: at, to: at, id };
    let web = [event(1, 100, 1), event(1, 110, 2), event(1, 120, 3)];
    let sorted = |mut pairs: Vec<Pair>| {
        pairs.sort_unstable();
        pairs
    };
    let one = [event(2, 101, 11), event(2, 111, 12), event(2, 119, 13)];
    assert_eq!(sorted(pair_hidden(&web, &one, &kinds)), [(1, 11, 1), (2, 12, 1), (3, 13, -1)]);
    // A second client near: nobody can say whose request it was.
    let two = [event(2, 101, 11), event(3, 111, 12)];
    assert!(pair_hidden(&web, &two, &kinds).is_empty());
    // The rows hide the client too: only an only candidate counts.
    let web = [event(2, 100, 1), event(2, 110, 2)];
    assert!(pair_hidden(&web, &[event(4, 101, 11), event(4, 111, 12)], &kinds).is_empty());
    assert_eq!(pair_hidden(&web[..1], &[event(4, 101, 11)], &kinds), [(1, 11, 1)]);
}
