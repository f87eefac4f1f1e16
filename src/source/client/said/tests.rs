//! Frames that are right, wrong, and of a later version.

use super::*;

fn said(head: &str, body: &[u8]) -> Result<(Option<u64>, Said), Refused> {
    read(Frame { head: head.into(), body: body.to_vec() }, (7, 1.5))
}

fn refusal(head: &str, body: &[u8]) -> String {
    said(head, body).unwrap_err().0
}

#[test]
fn samples_of_every_type_become_numbers() {
    let body: Vec<u8> = [1.0_f64, f64::NAN].iter().flat_map(|v| v.to_le_bytes()).chain([3, 4]).collect();
    let (seq, said_so) = said(r#"{"t":"append","seq":5,"id":2,"arrays":[["f8",2],["u1",2]]}"#, &body).unwrap();
    let Said::Append(batch) = said_so else { panic!("{said_so:?}") };
    let Xs::Explicit(x) = batch.x() else { panic!() };
    assert_eq!((seq, batch.series, batch.y(), x[0], x[1].is_nan()), (Some(5), SeriesId(2), &[3.0, 4.0][..], 1.0, true));
    let body: Vec<u8> = [-1_i32, 2].iter().flat_map(|v| v.to_le_bytes()).collect();
    let (_, said_so) = said(
        r##"{"t":"replace","seq":6,"id":0,"arrays":[["i4",2]],"start":10,"step":0.5,"color":"#ff0080","new":1}"##,
        &body,
    )
    .unwrap();
    let Said::Replace(batch, color) = said_so else { panic!("{said_so:?}") };
    assert_eq!((batch.y(), color), (&[-1.0, 2.0][..], Some(Color::new(255, 0, 128))));
    assert_eq!(batch.x(), &Xs::Steps { start: 10.0, step: 0.5 });
}

#[test]
fn client_garbage_is_refused_with_the_rule_that_it_breaks() {
    let append = |arrays: &str| format!(r#"{{"t":"append","seq":1,"id":0,"arrays":{arrays}}}"#);
    assert!(refusal("{", b"").contains("cannot be read"));
    assert!(refusal("[]", b"").contains("cannot be read"));
    assert!(refusal(r#"{"t":"show"}"#, b"x").contains("body"));
    assert!(refusal(&append(r#"[["f8",1]]"#), b"1234567").contains("7 bytes"));
    assert!(refusal(&append(r#"[["f8",18446744073709551615]]"#), b"").contains("add up"));
    assert!(refusal(&append(r#"[["c16",1]]"#), b"").contains("c16"));
    assert!(refusal(&append(r#"[["u1",1],["u1",2]]"#), b"abc").contains("as many x as y"));
    assert!(refusal(&append("[]"), b"").contains("0 arrays"));
    assert!(refusal(r#"{"t":"series","seq":1,"id":10000,"name":"a"}"#, b"").contains("10000 are allowed"));
    let long = format!(r#"{{"t":"series","seq":1,"id":0,"name":"{}"}}"#, "a".repeat(1 << 19));
    assert!(refusal(&long, b"").contains("4096 are allowed"));
    assert!(refusal(r#"{"t":"series","seq":1,"id":0,"name":"a","color":"red"}"#, b"").contains("rrggbb"));
    assert!(refusal(r#"{"t":"layout","seq":1,"rows":65535,"cols":65535}"#, b"").contains("64 are allowed"));
    assert!(
        refusal(r#"{"t":"layout","seq":1,"rows":1,"cols":1,"subplots":[{"y_scale":"cubic"}]}"#, b"").contains("cubic")
    );
    assert!(refusal(r#"{"t":"hello","v":1,"run":"../../etc","name":"a","first":1}"#, b"").contains("32 hexadecimal"));
    let line = format!(r#"{{"t":"text","seq":1,"lines":["{}"]}}"#, "a".repeat(70_000));
    assert!(refusal(&line, b"").contains("65536 are allowed"));
}

#[test]
fn what_is_not_known_is_passed_over() {
    assert!(matches!(said(r#"{"t":"video","seq":9}"#, b"abc"), Ok((Some(9), Said::Other))));
    assert!(matches!(said(r#"{"t":"mood"}"#, b""), Ok((None, Said::Other))));
    let (_, said_so) = said(r#"{"t":"text","seq":1,"lines":["a\nb"],"level":"odd"}"#, b"").unwrap();
    let Said::Text(lines) = said_so else { panic!() };
    assert_eq!((lines[0].text.as_str(), lines[0].level, lines[0].time_secs), ("a b", Level::Info, 1.5));
    let (_, said_so) =
        said(r#"{"t":"layout","seq":2,"rows":1,"cols":2,"subplots":[{"x_limits":[5,1],"title":null}]}"#, b"").unwrap();
    let Said::Layout { subplots, .. } = said_so else { panic!() };
    assert_eq!(subplots[0].x.limits, Some((1.0, 5.0)));
}
