import { errorTexts } from "./entry.ts";

const next = {
  again: {
    en: "Lay the document on the reader again and keep it still.",
    ru: "Положите документ на считыватель ещё раз и не двигайте его.",
  },
  checkMrz: {
    en: "Compare the number, the date of birth and the date of expiry with what is printed, and try again.",
    ru: "Сверьте номер, дату рождения и срок действия с напечатанными и повторите.",
  },
  operator: {
    en: "Hand the document to an operator: the chip does not prove that it is genuine.",
    ru: "Передайте документ оператору: чип не подтверждает его подлинность.",
  },
  otherDocument: {
    en: "Go on with the printed data; an operator checks the document.",
    ru: "Продолжайте с напечатанными данными: документ проверит оператор.",
  },
  trust: {
    en: "Ask the security officer to bring the country certificates up to date.",
    ru: "Попросите офицера безопасности обновить сертификаты стран.",
  },
  file: {
    en: "Check that it is the right file, and that it is whole.",
    ru: "Проверьте, что файл тот и что он целый.",
  },
  none: {
    en: "Nothing to do: the document has no such mechanism.",
    ru: "Ничего делать не нужно: в документе нет такого механизма.",
  },
} as const;

/** The chip and what it says: `card/` for the conversation, `mrtd/` for the document, `proof/` for reasons in a verdict. */
export const mrtdErrors = errorTexts({
  "issue/case-not-accepted": {
    cause: {
      en: "Case {case} is not accepted ({state}): no document is made from it.",
      ru: "Заявление {case} не принято ({state}): документ по нему не изготавливается.",
    },
    next: { en: "Decide the case first.", ru: "Сначала примите решение по заявлению." },
  },
  "issue/chip-unproved": {
    cause: {
      en: "The chip has nothing that tells it from a copy: neither active nor chip authentication.",
      ru: "В чипе нет ничего, что отличало бы его от копии: ни активной аутентификации, ни аутентификации чипа.",
    },
    next: { en: "Compare the document's security printing by eye.", ru: "Проверьте защитные элементы бланка на глаз." },
  },
  "issue/data-group-absent": {
    cause: { en: "The finished document does not carry {dataGroup}.", ru: "В готовом документе нет {dataGroup}." },
    next: {
      en: "Do not hand it over: send it back to be made again.",
      ru: "Не выдавайте документ: верните его на изготовление.",
    },
  },
  "issue/data-group-differs": {
    cause: {
      en: "{dataGroup} of the finished document is not the one that was ordered.",
      ru: "{dataGroup} готового документа — не та, что заказана.",
    },
    next: {
      en: "Do not hand it over: send it back to be made again.",
      ru: "Не выдавайте документ: верните его на изготовление.",
    },
  },
  "issue/enrolment-unreadable": {
    cause: { en: "The record of case {case} cannot be read.", ru: "Запись заявления {case} не читается." },
    next: {
      en: "Replay the case, and enrol again if that does not help.",
      ru: "Повторите обработку, а если не поможет — примите заявление заново.",
    },
  },
  "issue/face-differs": {
    cause: {
      en: "The face before the camera is not the one in the chip (score {score}).",
      ru: "Лицо перед камерой — не то, что в чипе (оценка {score}).",
    },
    next: {
      en: "Ask the person for another document, and a supervisor to decide.",
      ru: "Попросите другой документ; решение — за старшим.",
    },
  },
  "issue/face-not-taken": {
    cause: { en: "No picture of the holder was taken.", ru: "Снимок владельца не сделан." },
    next: { en: "Take one, or compare by eye.", ru: "Сделайте снимок или сверьте на глаз." },
  },
  "issue/face-unsure": {
    cause: {
      en: "The faces are neither clearly one nor clearly two persons (score {score}).",
      ru: "Нельзя уверенно сказать, одно это лицо или два (оценка {score}).",
    },
    next: { en: "Compare by eye, or take the picture again.", ru: "Сверьте на глаз или сделайте снимок ещё раз." },
  },
  "issue/finger-differs": {
    cause: {
      en: "The fresh print is none of the document's (score {score}).",
      ru: "Свежий отпечаток не совпадает с отпечатками документа (оценка {score}).",
    },
    next: {
      en: "Try again with the finger that the document carries, clean and flat.",
      ru: "Повторите тем пальцем, который записан в документе, чистым и плашмя.",
    },
  },
  "issue/finger-none": {
    cause: { en: "The document carries no print of that finger.", ru: "В документе нет отпечатка этого пальца." },
    next: {
      en: "Compare the face alone, or use another finger.",
      ru: "Сверьте только лицо или возьмите другой палец.",
    },
  },
  "issue/finger-not-taken": {
    cause: { en: "No fresh print was taken.", ru: "Свежий отпечаток не снят." },
    next: { en: "Take one, if the holder can give one.", ru: "Снимите отпечаток, если владелец может его дать." },
  },
  "issue/mrz-differs": {
    cause: {
      en: "The finished document says other than was ordered: {fields}.",
      ru: "В готовом документе указано не то, что заказано: {fields}.",
    },
    next: {
      en: "Compare the document with the order; do not hand over one made for somebody else.",
      ru: "Сверьте документ с заказом; не выдавайте документ, изготовленный для другого человека.",
    },
  },
  "issue/names-cut": {
    cause: {
      en: "The old document had no room for the whole name ({surname} …).",
      ru: "В прежнем документе имя не поместилось целиком ({surname} …).",
    },
    next: {
      en: "Give the whole names: --surname and --given-names.",
      ru: "Укажите имена полностью: --surname и --given-names.",
    },
  },
  "issue/order-file-differs": {
    cause: { en: "{file} in the order is not the one that was signed.", ru: "{file} в заказе — не тот, что подписан." },
    next: { en: "Ask for the order again.", ru: "Запросите заказ ещё раз." },
  },
  "issue/order-malformed": {
    cause: { en: "This is no order for personalisation ({reason}).", ru: "Это не заказ на персонализацию ({reason})." },
    next: {
      en: "Check that it is the right file, and that it is whole.",
      ru: "Проверьте, что файл тот и что он целый.",
    },
  },
  "issue/portrait-unusable": {
    cause: { en: "No face is found in the portrait of the case.", ru: "На портрете заявления не найдено лицо." },
    next: {
      en: "Look at the case's portrait; have it taken again.",
      ru: "Посмотрите портрет в заявлении; снимите его заново.",
    },
  },
  "card/closed": {
    cause: { en: "The connection to the card is closed already.", ru: "Соединение с картой уже закрыто." },
    next: next.again,
  },
  "card/reader-absent": {
    cause: {
      en: "No virtual reader listens at {host}:{port}.",
      ru: "По адресу {host}:{port} нет виртуального считывателя.",
    },
    next: {
      en: "Start pcscd with the vpcd driver, or name the port where it listens.",
      ru: "Запустите pcscd с драйвером vpcd или укажите порт, на котором он работает.",
    },
  },
  "card/reader-gone": {
    cause: {
      en: "The reader at {host}:{port} has closed the connection.",
      ru: "Считыватель {host}:{port} закрыл соединение.",
    },
    next: { en: "Start the reader service again.", ru: "Запустите службу считывателя снова." },
  },
  "card/removed": {
    cause: { en: "The card was taken away while it was being read.", ru: "Карту убрали во время чтения." },
    next: next.again,
  },
  "card/response-malformed": {
    cause: {
      en: "The chip's answer has {length} bytes, which no answer can have.",
      ru: "Ответ чипа занимает {length} байт, такого ответа быть не может.",
    },
    next: next.again,
  },
  "card/response-too-long": {
    cause: {
      en: "The chip gave {length} bytes where {wanted} were asked for.",
      ru: "Чип выдал {length} байт вместо запрошенных {wanted}.",
    },
    next: next.otherDocument,
  },
  "mrtd/access-chip-not-authentic": {
    cause: {
      en: "The chip does not know the keys of this document ({protocol}).",
      ru: "Чип не знает ключей этого документа ({protocol}).",
    },
    next: next.operator,
  },
  "mrtd/access-denied": {
    cause: {
      en: "The chip does not accept what was read from the document's page ({protocol}, {status}).",
      ru: "Чип не принимает данные, прочитанные со страницы документа ({protocol}, {status}).",
    },
    next: next.checkMrz,
  },
  "mrtd/access-failed": {
    cause: {
      en: "The chip broke off while it was being opened ({protocol}, {step}, {status}).",
      ru: "Чип прервал открытие доступа ({protocol}, {step}, {status}).",
    },
    next: next.again,
  },
  "mrtd/signer-unreachable": {
    cause: {
      en: "The signer of the terminal's key, {signer}, does not answer. Fingerprints stay closed; the rest is read.",
      ru: "Служба подписи терминала {signer} не отвечает. Отпечатки остаются закрытыми, остальное читается.",
    },
    next: {
      en: "Check that the signer runs and that its certificate and ours are valid, and read again.",
      ru: "Проверьте, что служба работает и сертификаты — её и наш — действительны, и прочитайте ещё раз.",
    },
  },
  "mrtd/signer-refused": {
    cause: {
      en: "The signer of the terminal's key, {signer}, does not sign ({status}).",
      ru: "Служба подписи терминала {signer} не подписывает ({status}).",
    },
    next: {
      en: "Ask whoever runs the signer whether this terminal may still read fingerprints.",
      ru: "Узнайте у владельца службы, разрешено ли ещё этому терминалу читать отпечатки.",
    },
  },
  "mrtd/access-key-which": {
    cause: {
      en: "A chip opens with the MRZ or with the card access number: exactly one of them must be given.",
      ru: "Чип открывается по MRZ или по номеру доступа: нужно указать ровно одно из двух.",
    },
    next: { en: "Give --mrz, or --can with its six digits.", ru: "Укажите --mrz или --can с его шестью цифрами." },
  },
  "mrtd/output-file": {
    cause: { en: "{path} cannot be written ({problem}).", ru: "Не удаётся записать {path} ({problem})." },
    next: { en: "Name a place that can be written to.", ru: "Укажите место, куда можно записать." },
  },
  "mrtd/no-certificates": {
    cause: {
      en: "{path} holds no certificate and no master list.",
      ru: "В {path} нет ни сертификата, ни мастер-списка.",
    },
    next: {
      en: "Give certificates (DER, PEM), a master list, or a download of ICAO's directory (LDIF), whole.",
      ru: "Укажите сертификаты (DER, PEM), мастер-список или выгрузку каталога ICAO (LDIF), целиком.",
    },
  },
  "mrtd/no-data-group": {
    cause: {
      en: "{path} is no data group: its first byte is none of DG1 to DG16.",
      ru: "{path} — не группа данных: её первый байт не от DG1 … DG16.",
    },
    next: {
      en: "Give DG1 to DG16 with --dg; EF.SOD goes to --sod, EF.COM is not signed and not needed.",
      ru: "Передайте через --dg только DG1 … DG16; EF.SOD — через --sod, EF.COM не подписан и не нужен.",
    },
  },
  "mrtd/data-group-twice": {
    cause: {
      en: "{path} is {dataGroup} again, and another one than before.",
      ru: "{path} — снова {dataGroup}, и не та же, что раньше.",
    },
    next: { en: "Give each data group once.", ru: "Передайте каждую группу данных один раз." },
  },
  "mrtd/access-key-malformed": {
    cause: {
      en: "The field {field} cannot open a chip: it has the wrong length or characters.",
      ru: "Поле {field} не может открыть чип: неверная длина или символы.",
    },
    next: next.checkMrz,
  },
  "mrtd/agreement-element": {
    cause: {
      en: "The chip sent a key that is not of the group {group}.",
      ru: "Чип прислал ключ не из группы {group}.",
    },
    next: next.operator,
  },
  "mrtd/agreement-random": {
    cause: {
      en: "The source of randomness gives no usable numbers.",
      ru: "Источник случайности не даёт пригодных чисел.",
    },
    next: {
      en: "Report it; this machine must not be used.",
      ru: "Сообщите об этом: этой машиной пользоваться нельзя.",
    },
  },
  "mrtd/can-needs-pace": {
    cause: {
      en: "This chip opens with the machine-readable lines only, not with the card access number.",
      ru: "Этот чип открывается только по машиночитаемым строкам, а не по номеру доступа.",
    },
    next: { en: "Read the machine-readable lines.", ru: "Считайте машиночитаемые строки." },
  },
  "mrtd/content-type-wrong": {
    cause: {
      en: "{where} holds signed content of another kind ({contentType}).",
      ru: "{where} содержит подписанные данные другого вида ({contentType}).",
    },
    next: next.file,
  },
  "mrtd/file-length-implausible": {
    cause: {
      en: "The chip says that {file} has {length} bytes; more than {limit} are not believed.",
      ru: "Чип сообщает, что {file} занимает {length} байт; больше {limit} быть не может.",
    },
    next: next.otherDocument,
  },
  "mrtd/file-malformed": {
    cause: { en: "{file} is not as the norm says ({problem}).", ru: "{file} не соответствует норме ({problem})." },
    next: next.otherDocument,
  },
  "mrtd/file-missing": {
    cause: { en: "The chip has no {file}.", ru: "На чипе нет {file}." },
    next: next.otherDocument,
  },
  "mrtd/input-file": {
    cause: { en: "{path} cannot be read ({problem}).", ru: "Не удаётся прочитать {path} ({problem})." },
    next: next.file,
  },
  "mrtd/mrz-field": {
    cause: {
      en: "These fields cannot be written in a machine-readable zone: {fields}.",
      ru: "Эти поля нельзя записать в машиночитаемую зону: {fields}.",
    },
    next: { en: "Correct the fields.", ru: "Исправьте поля." },
  },
  "mrtd/mrz-format": {
    cause: {
      en: "These are not the lines of a machine-readable zone (line lengths: {lines}).",
      ru: "Это не строки машиночитаемой зоны (длины строк: {lines}).",
    },
    next: {
      en: "Give two lines of 44 or 36 characters, or three of 30.",
      ru: "Нужны две строки по 44 или 36 знаков или три по 30.",
    },
  },
  "mrtd/mrz-letter": {
    cause: {
      en: "The letter “{letter}” has no place in the norm's tables.",
      ru: "Буквы «{letter}» нет в таблицах нормы.",
    },
    next: {
      en: "Write the name in Latin letters as the document has it.",
      ru: "Напишите имя латинскими буквами, как в документе.",
    },
  },
  "mrtd/mrz-not-found": {
    cause: {
      en: "No machine-readable zone can be made out in this picture ({width} × {height} pixels).",
      ru: "На этом снимке ({width} × {height} пикселей) не видно машиночитаемой зоны.",
    },
    next: {
      en: "Lay the page flat, whole and without glare, and take the picture again.",
      ru: "Положите страницу ровно, целиком и без бликов и сделайте снимок ещё раз.",
    },
  },
  "mrtd/no-reader": {
    cause: { en: "There is no card reader to read from.", ru: "Нет считывателя карт." },
    next: { en: "Connect a reader and start pcscd.", ru: "Подключите считыватель и запустите pcscd." },
  },
  "mrtd/not-a-passport": {
    cause: {
      en: "The card on the reader has no passport application ({status}).",
      ru: "На карте в считывателе нет паспортного приложения ({status}).",
    },
    next: {
      en: "Lay the passport or the ID card on the reader.",
      ru: "Положите на считыватель паспорт или удостоверение.",
    },
  },
  "mrtd/option": {
    cause: { en: "{option} cannot be “{value}”.", ru: "{option} не может быть «{value}»." },
    next: { en: "Use one of: {allowed}.", ru: "Допустимо: {allowed}." },
  },
  "mrtd/passport-folder": {
    cause: {
      en: "{directory} is no passport folder: {missing} is missing.",
      ru: "{directory} не папка паспорта: нет {missing}.",
    },
    next: { en: "Make one with `kabina person make`.", ru: "Создайте её командой `kabina person make`." },
  },
  "mrtd/read-failed": {
    cause: {
      en: "The chip broke off while {file} was being read ({step} {status}).",
      ru: "Чип прервал чтение {file} ({step} {status}).",
    },
    next: next.again,
  },
  "mrtd/secure-messaging-broken": {
    cause: {
      en: "What the chip sends is not protected as agreed ({problem}).",
      ru: "Данные чипа защищены не так, как условлено ({problem}).",
    },
    next: next.again,
  },
  "mrtd/tlv-malformed": {
    cause: {
      en: "{where} is broken at byte {offset} ({problem}).",
      ru: "{where}: данные нарушены в байте {offset} ({problem}).",
    },
    next: next.file,
  },
  "proof/access-differs": {
    cause: {
      en: "What the chip said of its access protocols is not what is signed: somebody may stand between reader and chip.",
      ru: "Сведения чипа о протоколах доступа не совпадают с подписанными: возможно вмешательство между считывателем и чипом.",
    },
    next: next.operator,
  },
  "proof/access-not-signed": {
    cause: {
      en: "The chip's access protocols are not signed in DG14.",
      ru: "Протоколы доступа чипа не подписаны в DG14.",
    },
    next: next.operator,
  },
  "proof/active-authentication-refused": {
    cause: { en: "The chip refused to sign ({status}).", ru: "Чип отказался подписать ({status})." },
    next: next.operator,
  },
  "proof/active-authentication-wrong": {
    cause: { en: "The chip's signature is wrong: it may be a copy.", ru: "Подпись чипа неверна: возможно, это копия." },
    next: next.operator,
  },
  "proof/active-authentication-absent": {
    cause: { en: "The document has no active authentication.", ru: "В документе нет активной аутентификации." },
    next: next.none,
  },
  "proof/algorithm-unknown": {
    cause: { en: "The algorithm {algorithm} is not known.", ru: "Алгоритм {algorithm} неизвестен." },
    next: next.operator,
  },
  "proof/chain-signature-wrong": {
    cause: {
      en: "The document signer was not issued by “{issuer}” as we know it.",
      ru: "Подписант документа не выпущен известным нам «{issuer}».",
    },
    next: next.operator,
  },
  "proof/terminal-authentication-absent": {
    cause: {
      en: "The document has no terminal authentication.",
      ru: "В документе нет аутентификации терминала.",
    },
    next: next.none,
  },
  "proof/terminal-certificate-absent": {
    cause: {
      en: "The reader has no inspection certificate.",
      ru: "У считывателя нет инспекционного сертификата.",
    },
    next: {
      en: "Give it a terminal's certificates and key (docs/operations.md).",
      ru: "Дайте ему сертификаты и ключ терминала (docs/operations.md).",
    },
  },
  "proof/terminal-key-absent": {
    cause: {
      en: "Without chip authentication the chip lets no terminal in.",
      ru: "Без аутентификации чипа терминал к данным не допускается.",
    },
    next: next.operator,
  },
  "proof/chip-authentication-absent": {
    cause: { en: "The document has no chip authentication.", ru: "В документе нет аутентификации чипа." },
    next: next.none,
  },
  "proof/card-security-missing": {
    cause: {
      en: "The chip does not give EF.CardSecurity, which its proof needs.",
      ru: "Чип не выдаёт EF.CardSecurity, нужный для проверки.",
    },
    next: next.operator,
  },
  "proof/chip-authentication-unknown": {
    cause: {
      en: "The chip's authentication key is of a kind that is not known.",
      ru: "Вид ключа аутентификации чипа неизвестен.",
    },
    next: next.operator,
  },
  "proof/chip-authentication-wrong": {
    cause: {
      en: "The chip does not have the signed key: it may be a copy.",
      ru: "У чипа нет подписанного ключа: возможно, это копия.",
    },
    next: next.operator,
  },
  "proof/crl-expired": {
    cause: {
      en: "The newest revocation list of “{issuer}” was to be replaced on {nextUpdate}.",
      ru: "Последний список отзыва «{issuer}» следовало обновить {nextUpdate}.",
    },
    next: next.trust,
  },
  "proof/crl-partial": {
    cause: {
      en: "The revocation lists of “{issuer}” do not speak for every document signer, or say something that is not understood.",
      ru: "Списки отзыва «{issuer}» охватывают не всех подписантов документов или содержат непонятное указание.",
    },
    next: next.trust,
  },
  "proof/crl-signature-wrong": {
    cause: {
      en: "The revocation list of “{issuer}” is not signed by any of its certificates in the store.",
      ru: "Список отзыва «{issuer}» не подписан ни одним из его сертификатов в хранилище.",
    },
    next: next.trust,
  },
  "proof/crl-unreadable": {
    cause: { en: "A revocation list cannot be read.", ru: "Список отзыва не читается." },
    next: next.trust,
  },
  "proof/csca-unknown": {
    cause: {
      en: "The country certificate “{issuer}” is not in the store.",
      ru: "Сертификата страны «{issuer}» нет в хранилище.",
    },
    next: next.trust,
  },
  "proof/csca-usage": {
    cause: {
      en: "“{subject}” may not issue document signers.",
      ru: "«{subject}» не вправе выпускать подписантов документов.",
    },
    next: next.trust,
  },
  "proof/csca-validity": {
    cause: {
      en: "“{subject}” was not valid when it issued the document signer.",
      ru: "«{subject}» не действовал, когда выпускал подписанта документа.",
    },
    next: next.operator,
  },
  "proof/data-group-hidden": {
    cause: {
      en: "{dataGroup} is signed, but the chip does not give it: it may be a copy that cannot prove itself.",
      ru: "{dataGroup} подписана, но чип её не выдаёт: возможно, это копия, которая не может подтвердить себя.",
    },
    next: next.operator,
  },
  "proof/data-group-not-signed": {
    cause: {
      en: "{dataGroup} is on the chip, but nobody signed it.",
      ru: "{dataGroup} есть на чипе, но никем не подписана.",
    },
    next: next.operator,
  },
  "proof/data-groups-missing": {
    cause: {
      en: "None of the signed data groups ({dataGroups}) was at hand to be compared.",
      ru: "Ни одной подписанной группы данных ({dataGroups}) не было для сравнения.",
    },
    next: { en: "Read the data groups, or name their files.", ru: "Считайте группы данных или укажите их файлы." },
  },
  "proof/hash-wrong": {
    cause: { en: "{dataGroup} is not what was signed.", ru: "{dataGroup} отличается от подписанной." },
    next: next.operator,
  },
  "proof/key-not-signed": {
    cause: { en: "The chip's key in {file} is not proved itself.", ru: "Ключ чипа в {file} сам не подтверждён." },
    next: next.operator,
  },
  "proof/key-unreadable": {
    cause: { en: "A public key in the certificates cannot be read.", ru: "Открытый ключ в сертификате не читается." },
    next: next.operator,
  },
  "proof/not-a-master-list": {
    cause: { en: "The file is no signed list.", ru: "Файл не является подписанным списком." },
    next: next.file,
  },
  "proof/no-trust": {
    cause: {
      en: "There are no country certificates to check “{issuer}” with.",
      ru: "Нет сертификатов стран, чтобы проверить «{issuer}».",
    },
    next: next.trust,
  },
  "proof/pace-absent": {
    cause: { en: "The document has no PACE.", ru: "В документе нет PACE." },
    next: next.none,
  },
  "proof/signature-missing": {
    cause: { en: "The security object has no signature.", ru: "В объекте защиты нет подписи." },
    next: next.operator,
  },
  "proof/signature-wrong": {
    cause: { en: "The signature of the security object is wrong.", ru: "Подпись объекта защиты неверна." },
    next: next.operator,
  },
  "proof/signed-content-type-wrong": {
    cause: { en: "The signature names another kind of content.", ru: "Подпись относится к другому виду данных." },
    next: next.operator,
  },
  "proof/signed-digest-wrong": {
    cause: { en: "The signature was made over other content.", ru: "Подпись сделана для других данных." },
    next: next.operator,
  },
  "proof/signer-expired": {
    cause: {
      en: "The document signer “{subject}” expired on {notAfter}.",
      ru: "Срок подписанта «{subject}» истёк {notAfter}.",
    },
    next: next.operator,
  },
  "proof/signer-missing": {
    cause: {
      en: "The security object lacks its signer's certificate.",
      ru: "В объекте защиты нет сертификата подписанта.",
    },
    next: next.operator,
  },
  "proof/signer-not-yet-valid": {
    cause: {
      en: "The document signer “{subject}” is valid from {notBefore} only.",
      ru: "Подписант «{subject}» действует только с {notBefore}.",
    },
    next: { en: "Check this machine's clock.", ru: "Проверьте часы этого компьютера." },
  },
  "proof/signer-revoked": {
    cause: { en: "The document signer “{subject}” was revoked on {at}.", ru: "Подписант «{subject}» отозван {at}." },
    next: next.operator,
  },
  "proof/signer-usage": {
    cause: { en: "“{subject}” may not sign documents.", ru: "«{subject}» не вправе подписывать документы." },
    next: next.operator,
  },
  "proof/signers-many": {
    cause: { en: "The security object has more than one signer.", ru: "У объекта защиты больше одного подписанта." },
    next: next.operator,
  },
  "proof/sod-missing": {
    cause: { en: "There is no security object to check.", ru: "Нет объекта защиты для проверки." },
    next: next.operator,
  },
  "proof/sod-unreadable": {
    cause: { en: "The security object could not be read.", ru: "Объект защиты не читается." },
    next: next.operator,
  },
  "mrtd/person-exists": {
    cause: { en: "There is something at {directory} already.", ru: "По пути {directory} уже что-то есть." },
    next: { en: "Name a folder that does not exist yet.", ru: "Укажите папку, которой ещё нет." },
  },
  "mrtd/person-seed": {
    cause: {
      en: "{seed} is not a seed: a whole number from 0 to {largest}.",
      ru: "{seed} не годится: нужно целое число от 0 до {largest}.",
    },
    next: { en: "Give such a number.", ru: "Укажите такое число." },
  },
  "mrtd/person-film": {
    cause: { en: "There is no film called {film}.", ru: "Фильма «{film}» нет." },
    next: { en: "Use approach, hold or none.", ru: "Укажите approach, hold или none." },
  },
});
