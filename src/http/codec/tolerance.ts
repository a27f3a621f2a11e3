/**
 * What is accepted of a message that is not written as it should be: only what has one clear meaning.
 *
 * - `none`: nothing, for requests
 * - `standard`: what RFC 9112 wants recipients to tolerate, for responses: white space around the `;` and `=` of
 *   chunk extensions (section 7.1.1), lengths with zeros before them
 * - `lenient`: also what some devices send, for responses: white space around chunk sizes, a `Content-Length` that is
 *   repeated with the same value, and one beside `Transfer-Encoding: chunked`, which then counts alone (section 6.3)
 */
export type Tolerance = 'none' | 'standard' | 'lenient';
