/**
 * What offers are deflated with (RFC 1950 §2.2, FDICT): text that the head of every package has in common, so that it need not be
 * sent. An archive header, a manifest's names in their order, and a signature of an installation that is gone, for the sake of its
 * form. It is part of the format: these bytes never change; another dictionary would be another offer.
 */
import { encodeTarHeader } from "../package/tar.ts";

const zeros = "0".repeat(64);

const manifest = [
  '{"booth":{"certificateSha256":"","id":"booth-1"},"createdAt":"2026-01-01T00:00:00Z","format":"kabina-package/1",',
  '"notAfter":"2026-01-31T00:00:00Z","packageId":"","parts":[{"mediaType":"application/json","name":"enrolment","recipients":[""],',
  '"sha256":"","size":12000},{"mediaType":"application/octet-stream","name":"chip-dg1","recipients":[""],"sha256":"","size":60000},',
  '{"mediaType":"image/png","name":"finger-right-index","recipients":[""],"sha256":"","size":60000},{"mediaType":"image/jpeg",',
  '"name":"portrait","recipients":[""],"sha256":"","size":110000}],"place":{"office":{"id":"office-1","name":"Office 1"},',
  `"position":{"accuracyMetres":10,"at":"2026-01-01T00:00:00Z","latitude":42,"longitude":74}},"policyHash":"${zeros}",`,
  '"sessionId":"","suite":"p256-sha256-aes256gcm/1","time":{"bootId":"","counter":1,"lastServerTime":{"at":"2026-01-01T00:00:00Z",',
  '"bootId":"","monotonicMs":1},"monotonicMs":1}}',
].join("");

/** A `manifest.p7s`, DER in base64. */
const signature = [
  "MIIFtQYJKoZIhvcNAQcCoIIFpjCCBaICAQExDTALBglghkgBZQMEAgEwCwYJKoZIhvcNAQcBoIIEIDCCAf0wggGjoAMCAQICEExBAilPeeEYevv+TJmb",
  "PCYwCgYIKoZIzj0EAwIwNzEPMA0GA1UECgwGS2FiaW5hMSQwIgYDVQQDDBtLYWJpbmEgYXV0aG9yaXR5IGZvciBib290aHMwHhcNMjYxMTI4MDYxODM4",
  "WhcNMjgxMTI3MDcxODM4WjAjMQ8wDQYDVQQKDAZLYWJpbmExEDAOBgNVBAMMB2Jvb3RoLTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASZKv30DUqK",
  "eXxV+5bO8Bk+8wJF7Ge82zGIRrA32rpJyklAF8yz73ogtfLit8ptUVuPytbCir0lizuxFfxnc356o4GkMIGhMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/",
  "BAQDAgeAMCkGA1UdJQQiMCAGCCsGAQUFBwMCBhRpgbTdteys+5KOn7ip+KvYhMjyOjApBgNVHQ4EIgQgKBQE1ijis+XqH1a3Dlb0hJcIQ1CHeiVcF2k1",
  "/IPkfY4wKwYDVR0jBCQwIoAgGuIcjCibn6kdly4U7e5fWIDDBEfCr0qhKPRAhg2CgZ4wCgYIKoZIzj0EAwIDSAAwRQIhAMfP7vTdihoZdNxWkoyO1sae",
  "lym6NWdD01+i+kFdUYH4AiAUaqDmQAhTJ6a5EEkPBLF7mNEVWqd2cuN6Qhz8INflBDCCAhswggHBoAMCAQICEEvHBcATrHwrhhNLx/AqlJowCgYIKoZI",
  "zj0EAwIwMTEPMA0GA1UECgwGS2FiaW5hMR4wHAYDVQQDDBVLYWJpbmEgcm9vdCBhdXRob3JpdHkwHhcNMjYxMTI4MDYxODM4WhcNMzYxMTI1MDcxODM4",
  "WjA3MQ8wDQYDVQQKDAZLYWJpbmExJDAiBgNVBAMMG0thYmluYSBhdXRob3JpdHkgZm9yIGJvb3RoczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJDX",
  "yoXOWzkMJOb+7MwVVC0c05y5JJzF4ZkWgbiXu7rnX+B998MWopNiIMHasDwwGM7sITMnv60MpOMYqlAuUzujgbQwgbEwEgYDVR0TAQH/BAgwBgEB/wIB",
  "ADAOBgNVHQ8BAf8EBAMCAQYwMwYDVR0lBCwwKgYIKwYBBQUHAwIGFGmBtN217Kz7ko6fuKn4q9iEyPI6BggrBgEFBQcDCTApBgNVHQ4EIgQgGuIcjCib",
  "n6kdly4U7e5fWIDDBEfCr0qhKPRAhg2CgZ4wKwYDVR0jBCQwIoAgN8POwvGUx9UZtcBu/0FssJump7OimJA5HZugh+8GSNwwCgYIKoZIzj0EAwIDSAAw",
  "RQIhAOfFj7abJ08EU6hcd9bVzqTnumQlEq8ErhIM/t6BGXyOAiBl2FQzt+wi/QJLjHmnfFNMW5PIlAEayPmfJaCfQuoOoTGCAVswggFXAgEBMEswNzEP",
  "MA0GA1UECgwGS2FiaW5hMSQwIgYDVQQDDBtLYWJpbmEgYXV0aG9yaXR5IGZvciBib290aHMCEExBAilPeeEYevv+TJmbPCYwCwYJYIZIAWUDBAIBoIGi",
  "MBgGCSqGSIb3DQEJAzELBgkqhkiG9w0BBwEwHAYJKoZIhvcNAQkFMQ8XDTI2MTEyODA3MTgzOFowLwYJKoZIhvcNAQkEMSIEIP31aagPyg6jezuenJc4",
  "kpvC0E9ic+18VEnVHdxw9ZGsMDcGCyqGSIb3DQEJEAIvMSgwJjAkMCIEIJa07MSCzS7iU7bO2YdXM0LtlNTpUrXXiItK1JDgV0oxMAoGCCqGSM49BAMC",
  "BEcwRQIhAP+jP6lCpOxL8d/ZA0wSxbK+4LCJnnNpwjCG8QuhY4ltAiBlIWaVnhBBl98KCFZHIN9azK44g3Qcv08DS0eLzJ14EA==",
].join("");

export const OFFER_DICTIONARY: Buffer = Buffer.concat([
  encodeTarHeader({ name: "manifest.json", size: 3000 }),
  Buffer.from(manifest, "latin1"),
  encodeTarHeader({ name: "manifest.p7s", size: 1465 }),
  Buffer.from(signature, "base64"),
]);
