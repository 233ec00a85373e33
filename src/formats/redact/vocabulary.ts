/**
 * Words that are kept: those of protocols, of Node and of Net Trace itself, which say nothing of who wrote the program.
 * Everything else that looks like a word is hashed.
 */
import { METHODS, STATUS_CODES } from 'node:http';
import { constants } from 'node:os';

const listed = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const headerNames = listed(`
  accept accept-ch accept-charset accept-encoding accept-language accept-ranges access-control-allow-credentials
  access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-expose-headers
  access-control-max-age access-control-request-headers access-control-request-method age allow alt-svc authorization
  baggage cache-control cf-cache-status cf-ray clear-site-data connection content-disposition content-encoding
  content-language content-length content-location content-range content-security-policy content-type cookie date dnt
  early-data etag expect expires forwarded from grpc-accept-encoding grpc-encoding grpc-message grpc-status
  grpc-timeout host http2-settings if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive
  last-modified link location max-forwards mime-version nel origin permissions-policy pragma priority
  proxy-authenticate proxy-authorization proxy-connection range referer referrer-policy report-to retry-after
  sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-websocket-accept sec-websocket-extensions
  sec-websocket-key sec-websocket-protocol sec-websocket-version server server-timing set-cookie strict-transport-security
  te timing-allow-origin trace traceparent tracestate trailer transfer-encoding upgrade upgrade-insecure-requests
  user-agent vary via warning www-authenticate x-amz-security-token x-api-key x-auth-token x-cache x-content-type-options
  x-correlation-id x-csrf-token x-forwarded-for x-forwarded-host x-forwarded-proto x-frame-options x-powered-by
  x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset x-real-ip x-request-id x-requested-with x-xss-protection
  :authority :method :path :scheme :status
`);

/** Names of parameters whose meaning everybody knows; those that begin so keep the beginning. */
export const parameterNames = listed(`
  q id ids page limit offset cursor after before size count sort order filter fields include token key code state
  signature sig access_token api_key apikey password secret format version v lang locale from to start end
`);
/** The analysis looks at these beginnings: pages of a list, and presigned URLs. */
export const parameterBeginning = /^(page|cursor|offset|after|continuation|x-amz-)/i;

export const mediaTypes = listed(`
  text/plain text/html text/css text/csv text/xml text/event-stream text/javascript text/markdown application/json
  application/xml application/javascript application/octet-stream application/x-www-form-urlencoded application/pdf
  application/zip application/gzip application/grpc application/grpc-web application/graphql application/ld+json
  application/x-ndjson application/problem+json application/vnd.api+json application/dns-message application/wasm
  application/xhtml+xml application/x-protobuf application/protobuf application/msgpack application/cbor
  application/graphql-response+json multipart/form-data multipart/mixed image/png image/jpeg image/gif image/webp
  image/avif image/svg+xml image/x-icon audio/mpeg audio/ogg video/mp4 video/webm font/woff font/woff2 font/ttf
`);
export const mediaKinds = listed('text application multipart image audio video font message model');
export const codings = listed('gzip x-gzip deflate br zstd compress identity chunked *');
export const connectionWords = listed('close keep-alive upgrade te http2-settings');

export const methods: ReadonlySet<string> = new Set(METHODS);
export const statusTexts: ReadonlySet<string> = new Set(Object.values(STATUS_CODES) as string[]);
export const signals: ReadonlySet<string> = new Set(Object.keys(constants.signals));
const errnos: ReadonlySet<string> = new Set(Object.keys(constants.errno));

/** Codes of Node, of undici, of its parser, of OpenSSL, of DNS, of zlib, Brotli and Zstandard. */
const codeFamilies =
  /^(?:Z_(?:DATA|BUF|STREAM|MEM)_ERROR|Z_NEED_DICT|ERR__ERROR_[A-Z0-9_]{1,60}|ZSTD_error_[a-z_]{1,40}|UND_ERR|HPE|CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|NGHTTP2|ERR_(?:SSL|TLS|HTTP|HTTP2|SOCKET|STREAM|INVALID|NETWORK|BAD_REQUEST|BAD_RESPONSE|CANCELED|NON_2XX_3XX|BODY|GOT|UNESCAPED|ABORTED|ASSERTION|OSSL))(?:_[A-Z0-9_]{1,60})?$/;
const otherCodes = listed(`
  ENOTFOUND EAI_AGAIN EAI_NODATA EAI_NONAME EAI_FAIL EAI_MEMORY ENODATA EFORMERR ESERVFAIL ENOTIMP EREFUSED EBADQUERY
  EBADNAME EBADFAMILY EBADRESP EBADSTR EBADFLAGS ENONAME EBADHINTS ENOTINITIALIZED ELOADIPHLPAPI EADDRGETNETWORKPARAMS
  ECANCELLED EDESTRUCTION EOF ETIMEOUT ABORT_ERR HOSTNAME_MISMATCH INVALID_CA PATH_LENGTH_EXCEEDED INVALID_PURPOSE
  CHAIN ERR_GOT_REQUEST_ERROR ERR_INVALID_URL ERR_ABORTED ESOCKETTIMEDOUT EPROTO ECONNABORTED
`);
export const isCode = (text: string): boolean => errnos.has(text) || otherCodes.has(text) || codeFamilies.test(text);

export const errorNames = listed(`
  Error TypeError RangeError SyntaxError ReferenceError AggregateError EvalError URIError AbortError TimeoutError
  DOMException SystemError AssertionError UndiciError ConnectTimeoutError HeadersTimeoutError HeadersOverflowError
  BodyTimeoutError InvalidArgumentError InvalidReturnValueError RequestAbortedError InformationalError
  RequestContentLengthMismatchError ResponseContentLengthMismatchError ClientDestroyedError ClientClosedError
  SocketError NotSupportedError BalancedPoolMissingUpstreamError HTTPParserError ResponseExceededMaxSizeError
  RequestRetryError ResponseError SecureProxyConnectionError MaxOriginsReachedError AxiosError HTTPError RequestError
  CacheError ReadError UploadError MaxRedirectsError UnsupportedProtocolError CancelError FetchError NetworkError
`);
export const syscalls =
  /^(?:connect|read|write|shutdown|getaddrinfo|getnameinfo|bind|listen|send|recv|open|accept|spawn|socket|query[A-Z][A-Za-z]{0,8}|getHostByAddr)$/;

/** Parts of a message that mean the same for everybody, and that the analysis looks for. */
export const phrases: readonly string[] = [
  'socket hang up',
  'other side closed',
  'wrong version number',
  'NGHTTP2_REFUSED_STREAM',
];

/** Words of Net Trace in fields that no list of the schema describes. */
export const ownWords = listed(`
  * hook session debugger inetDiag bpf conntrack capture resolver procfs netlink analysis import start middle end
  notInFormat notRead notSeen notYet notReached notLoaded notText notRecorded notConnected detached mocked stream tooLong
  Gunzip Unzip Inflate InflateRaw BrotliDecompress ZstdDecompress tooMany rootNotTold closedBeforeWatch noFinal otherUser noEntry noLocalAddress unixSocket incoming noSampleBefore
  noSampleAfter accountingOff timestampsOff untilEnd http1 undici http2 dns net tls udp proxy matching retries timers
  labels sockets keys callSites lines bodies headers decoding breakpoints children loading counters drops icmp listeners
  route tcpDestroy retransmits tcp arp headersOnly states resets errors firstByte delays congestion packets figures
  events connect body socket agent signal attempt lookup request response all off none replaced cleared script seen
  verbatim ipv4first ipv6first base64 encoding limit queue tcp send wait download sslAboveConnect
`);

const tcp = 'established synSent synRecv finWait1 finWait2 timeWait close closeWait lastAck listen closing newSynRecv';
export const kernelWords = listed(`
  ${tcp} ${tcp.replace(/[A-Z0-9]+/g, (c) => `-${c.toLowerCase()}`)} ${tcp.replace(/([A-Z])/g, '_$1').toUpperCase()}
  open disorder cwr recovery loss Open Disorder CWR Recovery Loss cubic reno bbr bbr2 dctcp vegas westwood htcp illinois
  confirmed assured seen-reply expected src-nat dst-nat seq-adjust dying fixed-timeout template untracked helper offload
  ethernet linuxCooked loopback raw
`);
export const runtimeWords = listed(
  'node bun deno nettrace linux darwin win32 freebsd openbsd sunos aix android x64 arm64 ia32 arm ppc64 s390x riscv64 loong64',
);
export const protocolWords = listed(`
  http/1.0 http/1.1 h2 h2c h3 spdy/3 websocket http dns tls TLSv1 TLSv1.1 TLSv1.2 TLSv1.3 SSLv3 rsa rsa-pss ec dsa dh
  ed25519 ed448 X25519 X448 ECDH DH prime256v1 secp256r1 secp384r1 secp521r1 P-256 P-384 P-521 X25519MLKEM768
  SecP256r1MLKEM768 ffdhe2048 ffdhe3072 VeryLow Low Medium High VeryHigh parser script preload preflight other
  SignedExchange renderer
`);
const cipherParts = listed(`
  TLS WITH ECDHE DHE RSA ECDSA PSK SRP DSS AES AES128 AES256 128 256 192 GCM CCM CCM8 8 CBC CBC3 SHA SHA1 SHA256 SHA384 MD5 RC4 DES 3DES
  EDE EDE3 NULL EXP EXPORT EDH ADH AECDH anon CHACHA20 POLY1305 CAMELLIA CAMELLIA128 CAMELLIA256 ARIA ARIA128 ARIA256 SEED IDEA
  ECDH DH KRB5 EMPTY RENEGOTIATION INFO SCSV 40 56
`);
export const isCipher = (text: string): boolean =>
  text.length < 80 && text.split(/[-_]/).every((part) => cipherParts.has(part));

export const dnsWords = listed(`
  A AAAA CNAME MX NS PTR SOA SRV TXT CAA NAPTR TLSA HTTPS SVCB DS DNSKEY ANY OPT IN CS CH HS NONE NOERROR FORMERR SERVFAIL
  NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE
`);
export const dnsNumbers = /^(?:TYPE|CLASS|rcode-)\d{1,5}$/;
export const lookupCalls =
  /^(?:lookup|lookupService|own|custom|reverse|resolve(?:4|6|Any|Caa|Cname|Mx|Naptr|Ns|Ptr|Soa|Srv|Tlsa|Txt)?)$/;
export const counters = /^(?:TcpExt|IpExt|UdpLite6?|Udp6?|Tcp|Icmp6?|IcmpMsg|Ip6?|MPTcpExt)[A-Z][A-Za-z0-9]{2,40}$/;
export const packetNotes = listed('SYN SYN-ACK FIN RST');
