/** What a desktop browser sends with a request of a web viewer besides `Host` and cookies: about 900 bytes. */
export const browserHeaders: readonly string[] = [
  'User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  'Accept-Language: en-US,en;q=0.9,de;q=0.8,ko;q=0.7',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Cache-Control: max-age=0',
  'Referer: https://pacs.hospital.example/worklist?modality=CT&date=20260101-20260131&status=unread',
  'Sec-CH-UA: "Not/A)Brand";v="8", "Chromium";v="126", "Google Chrome";v="126"',
  'Sec-CH-UA-Mobile: ?0',
  'Sec-CH-UA-Platform: "Windows"',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-User: ?1',
  'Upgrade-Insecure-Requests: 1',
  'DNT: 1',
];

/** Cookies of the application behind, which a proxy must pass. */
export const browserCookies =
  'JSESSIONID=8f14e45fceea167a5a36dedd4bea2543; theme=dark; lastStudy=1.2.840.113619.2.55';
