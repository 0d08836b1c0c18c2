//! The meaning of one whole operating system command that came in: the terminal's answer on its colours.

use super::Reply;

/// `ESC ] body`, its terminator included. `None`: nothing to us.
pub(super) fn read(body: &[u8]) -> Option<Reply> {
    let text = std::str::from_utf8(body).ok()?.trim_end_matches(['\x07', '\\', '\x1b']);
    let color = text.strip_prefix("11;rgb")?.trim_start_matches('a').strip_prefix(':')?;
    let mut channels = color.split('/').map(channel);
    Some(Reply::Background((channels.next()??, channels.next()??, channels.next()??)))
}

/// One to four hexadecimal digits, of which all ones is full.
fn channel(digits: &str) -> Option<u8> {
    let most = match digits.len() {
        count @ 1..=4 if digits.bytes().all(|b| b.is_ascii_hexdigit()) => (1u32 << (4 * count)) - 1,
        _ => return None,
    };
    u8::try_from(u32::from_str_radix(digits, 16).ok()? * 255 / most).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_read_however_it_is_written() {
        let white = Some(Reply::Background((255, 255, 255)));
        assert_eq!(read(b"11;rgb:ffff/ffff/ffff\x07"), white);
        assert_eq!(read(b"11;rgb:FF/FF/FF\x1b\\"), white);
        assert_eq!(read(b"11;rgb:f/f/f\x07"), white);
        assert_eq!(read(b"11;rgba:ffff/ffff/ffff/8000\x1b\\"), white);
        assert_eq!(read(b"11;rgb:0000/2b2b/3636\x07"), Some(Reply::Background((0, 43, 54))));
        for other in [
            "11;?",
            "10;rgb:ffff/ffff/ffff",
            "11;rgb:ffff/ffff",
            "11;rgb:xx/ff/ff",
            "11;rgb:fffff/f/f",
            "11;rgb:+f/ff/ff",
            "",
        ] {
            let said = read(other.as_bytes());
            assert!(said.is_none(), "{other}: {said:?}");
        }
    }
}
