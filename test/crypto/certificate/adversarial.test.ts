/**
 * Chains that openssl's command line made and that somebody hostile might send. What would be lost: one forged authority is enough to
 * be any booth. openssl judges each chain too, so that a case that refuses nothing shows.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { oids } from "../../../crypto/certificate/oids.ts";
import { judgePath, type PathRequest } from "../../../crypto/certificate/path.ts";
import { RevocationList } from "../../../crypto/certificate/revocation-list.ts";
import { openssl } from "../cms/openssl.ts";

const at = new Date("2026-06-01T00:00:00Z");
const seconds = String(at.getTime() / 1000);
let folder: string;
const path = (name: string) => join(folder, name);

const ids = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid";
const authority = (more = "", length = "") =>
  `${ids}\nbasicConstraints=critical,CA:TRUE${length}\nkeyUsage=critical,keyCertSign,cRLSign\n${more}`;
const leaf = (more = "") =>
  `${ids}\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n${more}`;

/** Makes a key (once per name of key) and a certificate `file` for it, signed by `issuer` (its file), or by itself. */
async function make(
  file: string,
  subject: string,
  issuer: string | undefined,
  extensions: string,
  { key = file, from = "20260101000000Z", to = "20270101000000Z" } = {},
): Promise<void> {
  const known = await readFile(path(`${key}.key`)).catch(() => undefined);
  if (!known)
    await openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path(`${key}.key`));
  await openssl("req", "-new", "-key", path(`${key}.key`), "-subj", subject, "-out", path(`${file}.csr`));
  await writeFile(path("ext"), `[v3]\n${extensions}\n`);
  const database = path(`db-${file}`);
  await writeFile(database, "");
  await writeFile(
    path("ca.cnf"),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${database}\nnew_certs_dir=${folder}\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=optional\nemailAddress=optional\n`,
  );
  const signer = issuer
    ? ["-cert", path(`${issuer}.pem`), "-keyfile", path(`${issuerKey.get(issuer)}.key`)]
    : ["-selfsign", "-keyfile", path(`${key}.key`)];
  const dates = ["-startdate", from, "-enddate", to];
  const names = ["-preserveDN", "-notext", "-batch", "-extfile", path("ext"), "-extensions", "v3"];
  await openssl(
    "ca",
    "-config",
    path("ca.cnf"),
    ...signer,
    ...dates,
    ...names,
    "-in",
    path(`${file}.csr`),
    "-out",
    path(`${file}.pem`),
  );
  issuerKey.set(file, key);
}
const issuerKey = new Map<string, string>();

const read = async (file: string): Promise<Certificate> =>
  Certificate.fromPem(await readFile(path(`${file}.pem`), "utf8"))[0]!;

async function judged(end: string, through: readonly string[], change: Partial<PathRequest> = {}) {
  const [certificate, root, ...intermediates] = await Promise.all([end, "root", ...through].map(read));
  return judgePath({
    leaf: certificate!,
    anchors: [root!],
    intermediates,
    at,
    purpose: oids.clientAuth,
    usage: "digitalSignature",
    ...change,
  });
}

async function opensslAccepts(end: string, through: readonly string[], ...more: readonly string[]): Promise<boolean> {
  await writeFile(
    path("through"),
    (await Promise.all((through.length ? through : [end]).map((name) => readFile(path(`${name}.pem`), "utf8")))).join(
      "",
    ),
  );
  const common = [
    "-x509_strict",
    "-purpose",
    "sslclient",
    "-attime",
    seconds,
    "-CAfile",
    path("root.pem"),
    "-untrusted",
    path("through"),
  ];
  return openssl("verify", ...common, ...more, path(`${end}.pem`)).then(
    () => true,
    () => false,
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-adversarial-"));
  await make("root", "/CN=root", undefined, authority());
  await make("issuer", "/CN=issuer", "root", authority("", ",pathlen:0"));
  await make("leaf", "/CN=leaf", "issuer", leaf());
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

describe("a chain by openssl", () => {
  it("that is sound is accepted, among strangers and in any order", async () => {
    await make("other-root", "/CN=root", undefined, authority());
    const { path: found } = await judged("leaf", ["other-root", "leaf", "issuer", "root"]);
    expect(found?.map(({ commonName }) => commonName)).toEqual(["leaf", "issuer", "root"]);
    expect(await opensslAccepts("leaf", ["issuer"])).toBe(true);
  });

  type Build = () => Promise<readonly [end: string, through: readonly string[]]>;
  const refused: [what: string, code: string, build: Build][] = [
    [
      "below an authority without basic constraints",
      "certificate/nonconforming",
      async () => {
        await make("a1", "/CN=a1", "root", `${ids}\nkeyUsage=critical,keyCertSign`);
        await make("l1", "/CN=l1", "a1", leaf());
        return ["l1", ["a1"]];
      },
    ],
    [
      "below an authority whose key may not sign certificates",
      "certificate/not-authority",
      async () => {
        await make("a2", "/CN=a2", "root", `${ids}\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign`);
        await make("l2", "/CN=l2", "a2", leaf());
        return ["l2", ["a2"]];
      },
    ],
    [
      "one authority too long",
      "certificate/path-length",
      async () => {
        await make("a3", "/CN=a3", "issuer", authority());
        await make("l3", "/CN=l3", "a3", leaf());
        return ["l3", ["a3", "issuer"]];
      },
    ],
    [
      "with a name that its authority may not give",
      "certificate/name-constrained",
      async () => {
        await make("a4", "/CN=a4", "root", authority("nameConstraints=critical,permitted;DNS:office.example"));
        await make("l4", "/CN=l4", "a4", leaf("subjectAltName=DNS:bank.example"));
        return ["l4", ["a4"]];
      },
    ],
    [
      "with a wildcard over an excluded name",
      "certificate/name-constrained",
      async () => {
        await make("a5", "/CN=a5", "root", authority("nameConstraints=critical,excluded;DNS:secret.office.example"));
        await make("l5", "/CN=l5", "a5", leaf("subjectAltName=DNS:a.secret.office.example"));
        return ["l5", ["a5"]];
      },
    ],
    [
      "with an address outside its authority's network",
      "certificate/name-constrained",
      async () => {
        await make("a6", "/CN=a6", "root", authority("nameConstraints=critical,permitted;IP:10.0.0.0/255.0.0.0"));
        await make("l6", "/CN=l6", "a6", leaf("subjectAltName=IP:192.0.2.1"));
        return ["l6", ["a6"]];
      },
    ],
    [
      "with a critical extension that nobody knows",
      "certificate/extension-unknown",
      async () => {
        await make("l7", "/CN=l7", "issuer", leaf("2.25.77=critical,ASN1:NULL"));
        return ["l7", ["issuer"]];
      },
    ],
    [
      "below an authority with a critical extension that nobody knows",
      "certificate/extension-unknown",
      async () => {
        await make("a8", "/CN=a8", "root", authority("2.25.77=critical,ASN1:NULL"));
        await make("l8", "/CN=l8", "a8", leaf());
        return ["l8", ["a8"]];
      },
    ],
    [
      "without the policy that its authority requires",
      "certificate/policy",
      async () => {
        await make(
          "a9",
          "/CN=a9",
          "root",
          authority("certificatePolicies=2.25.1\npolicyConstraints=critical,requireExplicitPolicy:0"),
        );
        await make("l9", "/CN=l9", "a9", leaf("certificatePolicies=2.25.2"));
        return ["l9", ["a9"]];
      },
    ],
    [
      "that expired",
      "certificate/expired",
      async () => {
        await make("l10", "/CN=l10", "issuer", leaf(), { to: "20260301000000Z" });
        return ["l10", ["issuer"]];
      },
    ],
    [
      "whose authority expired",
      "certificate/expired",
      async () => {
        await make("a11", "/CN=a11", "root", authority(), { to: "20260301000000Z" });
        await make("l11", "/CN=l11", "a11", leaf());
        return ["l11", ["a11"]];
      },
    ],
    [
      "of the future",
      "certificate/not-yet-valid",
      async () => {
        await make("l12", "/CN=l12", "issuer", leaf(), { from: "20260901000000Z" });
        return ["l12", ["issuer"]];
      },
    ],
    [
      "that signed itself",
      "certificate/issuer-unknown",
      async () => {
        await make("l13", "/CN=l13", undefined, leaf());
        return ["l13", ["issuer"]];
      },
    ],
    [
      "by a stranger with the issuer's name",
      "certificate/signature-wrong",
      async () => {
        await make("a14", "/CN=issuer", undefined, authority());
        await make("l14", "/CN=l14", "a14", leaf());
        return ["l14", ["issuer"]];
      },
    ],
    [
      "by an end entity",
      "certificate/not-authority",
      async () => {
        await make("l15", "/CN=l15", "leaf", leaf());
        return ["l15", ["leaf", "issuer"]];
      },
    ],
    [
      "that goes round in a circle",
      "certificate/issuer-unknown",
      async () => {
        await make("b1", "/CN=ring b", undefined, authority());
        await make("b2", "/CN=ring c", "b1", authority());
        await make("b3", "/CN=ring b", "b2", authority(), { key: "b1" });
        await make("l16", "/CN=l16", "b3", leaf());
        return ["l16", ["b2", "b3"]];
      },
    ],
    [
      "for another purpose",
      "certificate/purpose",
      async () => {
        await make("l17", "/CN=l17", "issuer", leaf().replace("clientAuth", "serverAuth"));
        return ["l17", ["issuer"]];
      },
    ],
  ];
  it.each(refused)("%s is refused (%s), by openssl too", async (_, code, build) => {
    const [end, through] = await build();
    expect((await judged(end, through)).fault?.code).toBe(code);
    expect(await opensslAccepts(end, through, "-policy_check", "-policy", "2.5.29.32.0")).toBe(false);
  });

  it("of an authority that two roots signed is accepted through the one that is trusted", async () => {
    await make("foreign", "/CN=foreign root", undefined, authority());
    await make("cross", "/CN=issuer", "foreign", authority(), { key: "issuer" });
    expect((await judged("leaf", ["cross", "foreign", "issuer"])).path?.length).toBe(3);
    expect((await judged("leaf", ["cross", "foreign"])).fault?.code).toBe("certificate/issuer-unknown");
  });
});

describe("revocation lists by openssl", () => {
  /** A list of the issuer, with these certificates on it. */
  async function list(
    file: string,
    revoked: readonly string[],
    extensions = "crl_number=x",
    days = "400",
  ): Promise<RevocationList> {
    const database = path(`db-crl-${file}`);
    await writeFile(database, "");
    await writeFile(path(`${file}.number`), "01\n");
    const scope = extensions.includes("issuingDistributionPoint")
      ? `[crl]\n${extensions}\n[idp]\n${idp}\n`
      : "[crl]\nauthorityKeyIdentifier=keyid\n";
    await writeFile(
      path(`${file}.cnf`),
      `[ca]\ndefault_ca=d\n[d]\ndatabase=${database}\ndefault_md=sha256\ncrlnumber=${path(`${file}.number`)}\ncrl_extensions=crl\n${scope}`,
    );
    const signer = ["-config", path(`${file}.cnf`), "-cert", path("issuer.pem"), "-keyfile", path("issuer.key")];
    for (const name of revoked) await openssl("ca", ...signer, "-revoke", path(`${name}.pem`));
    await openssl("ca", ...signer, "-gencrl", "-crldays", days, "-out", path(`${file}.crl`));
    return RevocationList.fromPem(await readFile(path(`${file}.crl`), "utf8"))[0]!;
  }
  let idp = "";
  /** openssl dates lists by the clock; these are judged an hour later. */
  const now = new Date(Date.now() + 3_600_000);

  it("revoke, stay silent, are too old, or speak of others only", async () => {
    await make("r-root", "/CN=root", undefined, authority(), { key: "root", to: "20400101000000Z" });
    await make("r-issuer", "/CN=issuer", "r-root", authority(), { key: "issuer", to: "20400101000000Z" });
    await make("r-leaf", "/CN=leaf", "r-issuer", leaf(), { to: "20400101000000Z" });
    const [root, issuer, end] = await Promise.all(["r-root", "r-issuer", "r-leaf"].map(read));
    const outcome = (lists: RevocationList[]) =>
      judgePath({ leaf: end!, anchors: [issuer!], intermediates: [root!], at: now, purpose: oids.clientAuth, lists })
        .fault?.code;

    const empty = await list("empty", []);
    expect(outcome([empty])).toBeUndefined();
    expect(outcome([await list("full", ["r-leaf"])])).toBe("certificate/revoked");
    idp = "onlyCA=TRUE";
    const authorities = await list("authorities", [], "issuingDistributionPoint=critical,@idp");
    expect(outcome([authorities])).toBe("certificate/revocation-unknown");
    idp = "onlyuser=TRUE";
    expect(
      outcome([await list("users", [], "issuingDistributionPoint=critical,@idp\nauthorityKeyIdentifier=keyid")]),
    ).toBeUndefined();
    idp = "onlysomereasons=keyCompromise";
    const some = await list("some", [], "issuingDistributionPoint=critical,@idp");
    expect(outcome([some])).toBe("certificate/revocation-unknown");
    expect(outcome([some, empty])).toBeUndefined();
    const later = new Date(now.getTime() + 500 * 86_400_000);
    expect(
      judgePath({ leaf: end!, anchors: [issuer!], intermediates: [], at: later, lists: [empty] }).fault?.code,
    ).toBe("certificate/revocation-unknown");
    const forged = Uint8Array.from(empty.der);
    forged[forged.length - 3]! ^= 1;
    expect(outcome([new RevocationList(forged)])).toBe("certificate/revocation-unknown");
  }, 60_000);
});
