import { errorTexts } from "./entry.ts";

export const pkiErrors = errorTexts({
  "authority/absent": {
    cause: {
      en: "The issuing authorities' keys are not in {path}.",
      ru: "Ключей центров сертификации в {path} нет.",
    },
    next: {
      en: "Do this on the machine that holds them, or name its data folder with --data.",
      ru: "Выполните это на машине, где они хранятся, или укажите её папку данных: --data.",
    },
  },
  "authority/issuer-absent": {
    cause: { en: "There is no authority for {kind} here.", ru: "Здесь нет центра сертификации для «{kind}»." },
    next: {
      en: "Make it in a ceremony with the root: kabina pki ceremony.",
      ru: "Создайте его на церемонии с корневым ключом: kabina pki ceremony.",
    },
  },
  "authority/root-absent": {
    cause: {
      en: "The root's key is not here, and it is needed to certify an authority.",
      ru: "Корневого ключа здесь нет, а он нужен, чтобы заверить центр сертификации.",
    },
    next: {
      en: "Bring the root's folder from where it is kept, and do this as a ceremony.",
      ru: "Принесите папку корня с места хранения и проведите церемонию.",
    },
  },
  "ceremony/witnesses": {
    cause: {
      en: "A ceremony needs {least} witnesses with different names.",
      ru: "Для церемонии нужны свидетели с разными именами, не меньше {least}.",
    },
    next: { en: "Name each with --witness.", ru: "Назовите каждого: --witness." },
  },
  "ceremony/not-empty": {
    cause: { en: "{path} is not empty.", ru: "Папка {path} не пуста." },
    next: {
      en: "Give an empty folder: a ceremony replaces nothing.",
      ru: "Укажите пустую папку: церемония ничего не заменяет.",
    },
  },
  "ceremony/check-failed": {
    cause: {
      en: "A check at the end of the ceremony failed: {what}.",
      ru: "Проверка в конце церемонии не прошла: {what}.",
    },
    next: {
      en: "Destroy what was made, and find the cause before another ceremony.",
      ru: "Уничтожьте созданное и найдите причину до новой церемонии.",
    },
  },
  "share/quorum": {
    cause: { en: "{quorum} of {count} shares make no quorum.", ru: "{quorum} из {count} частей не образуют кворума." },
    next: {
      en: "Take at least 2, and no more than there are shares.",
      ru: "Возьмите не меньше 2 и не больше числа частей.",
    },
  },
  "share/too-few": {
    cause: { en: "{given} shares are here, {quorum} are needed.", ru: "Предъявлено частей: {given}, нужно: {quorum}." },
    next: { en: "Call another keeper with a share.", ru: "Позовите ещё одного хранителя с частью." },
  },
  "share/damaged": {
    cause: { en: "Share {index} is damaged.", ru: "Часть {index} повреждена." },
    next: { en: "Use another share.", ru: "Используйте другую часть." },
  },
  "share/foreign": {
    cause: { en: "Share {index} belongs to another secret.", ru: "Часть {index} относится к другому секрету." },
    next: { en: "Bring the shares of one ceremony.", ru: "Принесите части одной церемонии." },
  },
  "request/malformed": {
    cause: {
      en: "The request for a certificate cannot be read: {reason}.",
      ru: "Запрос сертификата не читается: {reason}.",
    },
    next: { en: "Make the request again.", ru: "Создайте запрос заново." },
  },
  "request/too-large": {
    cause: {
      en: "The request is larger than allowed ({size}, limit {limit} bytes).",
      ru: "Запрос больше допустимого ({size} при пределе {limit} байт).",
    },
    next: { en: "Ask with a name and a key only.", ru: "Запросите только с именем и ключом." },
  },
  "request/key-unfit": {
    cause: { en: "A key of this kind is not certified: {found}.", ru: "Ключ такого вида не заверяется: {found}." },
    next: { en: "Make a P-256 key and ask again.", ru: "Создайте ключ P-256 и повторите запрос." },
  },
  "request/proof-weak": {
    cause: {
      en: "The proof that the key is held is made with {digest}, which is too weak.",
      ru: "Доказательство владения ключом сделано с {digest}, это слишком слабо.",
    },
    next: { en: "Sign the request with SHA-256.", ru: "Подпишите запрос с SHA-256." },
  },
  "request/no-possession": {
    cause: {
      en: "Whoever asks does not prove that they hold the key.",
      ru: "Запросивший не доказал, что владеет ключом.",
    },
    next: {
      en: "Ask from the machine that holds the key; if this was not you, tell the security officer.",
      ru: "Запросите с машины, где хранится ключ; если это были не вы, сообщите офицеру безопасности.",
    },
  },
  "request/name-unfit": {
    cause: {
      en: "The request names no booth or sensor in the agreed form.",
      ru: "В запросе нет имени кабины или датчика в принятом виде.",
    },
    next: {
      en: "Give a name of small letters, digits and hyphens as the common name.",
      ru: "Укажите имя из строчных букв, цифр и дефисов.",
    },
  },
  "request/name-taken": {
    cause: { en: "{name} has a certificate that holds.", ru: "У «{name}» есть действующий сертификат." },
    next: {
      en: "Renew with that certificate; if its key is lost, have the officer revoke it first.",
      ru: "Обновите по этому сертификату; если его ключ утрачен, офицер должен сначала отозвать его.",
    },
  },
  "request/name-differs": {
    cause: {
      en: "The certificate of {held} does not renew that of {asked}.",
      ru: "По сертификату «{held}» нельзя обновить сертификат «{asked}».",
    },
    next: { en: "Ask for the name that the certificate has.", ru: "Запросите имя, на которое выдан сертификат." },
  },
  "request/key-known": {
    cause: {
      en: "The key that {name} asks for was certified or asked for under another name, or before.",
      ru: "Ключ из запроса «{name}» уже заверен или запрошен, возможно, под другим именем.",
    },
    next: { en: "Make a new key and ask again.", ru: "Создайте новый ключ и повторите запрос." },
  },
  "request/refused": {
    cause: { en: "An officer refused this request of {name}.", ru: "Офицер отклонил этот запрос «{name}»." },
    next: {
      en: "Ask the officer why; then ask with a new key.",
      ru: "Узнайте у офицера причину; затем запросите с новым ключом.",
    },
  },
  "request/too-many": {
    cause: { en: "Too many requests wait for an officer.", ru: "Слишком много запросов ждут офицера." },
    next: { en: "Have the waiting ones decided, then ask again.", ru: "Дождитесь решения по ним и повторите запрос." },
  },
  "request/too-soon": {
    cause: { en: "{name} was renewed within the last hour.", ru: "Сертификат «{name}» обновлён менее часа назад." },
    next: {
      en: "Use the certificate that was issued then, or ask later.",
      ru: "Используйте выданный сертификат или повторите позже.",
    },
  },
  "request/unknown": {
    cause: { en: "There is no request {id}.", ru: "Запроса {id} нет." },
    next: { en: "List the requests that wait: kabina pki requests.", ru: "Посмотрите ожидающие: kabina pki requests." },
  },
  "request/decided": {
    cause: { en: "Request {id} was decided already.", ru: "Запрос {id} уже решён." },
    next: { en: "Look at what was decided: kabina pki show.", ru: "Посмотрите решение: kabina pki show." },
  },
  "request/fingerprint-differs": {
    cause: {
      en: "The digits do not belong to the key that asks, or are fewer than {digits}.",
      ru: "Цифры не принадлежат ключу из запроса, или их меньше {digits}.",
    },
    next: {
      en: "Read the fingerprint on the booth's own screen once more; if it still differs, refuse the request.",
      ru: "Прочитайте отпечаток на экране самой кабины ещё раз; если он не совпадает, отклоните запрос.",
    },
  },
  "certificate/unknown": {
    cause: {
      en: "No certificate here has the serial number {serial}.",
      ru: "Сертификата с номером {serial} здесь нет.",
    },
    next: { en: "Search by name: kabina pki list --text NAME.", ru: "Найдите по имени: kabina pki list --text ИМЯ." },
  },
  "revocation/malformed": {
    cause: { en: "A revocation list cannot be read.", ru: "Список отзыва не читается." },
    next: { en: "Fetch the list again.", ru: "Получите список заново." },
  },
  "revocation/foreign": {
    cause: { en: "A revocation list is not signed by {issuer}.", ru: "Список отзыва не подписан «{issuer}»." },
    next: { en: "Do not use it; tell the security officer.", ru: "Не используйте его; сообщите офицеру безопасности." },
  },
  "revocation/older": {
    cause: {
      en: "The revocation list of {kind} is older than the one that the booth has.",
      ru: "Список отзыва «{kind}» старше того, что есть у кабины.",
    },
    next: {
      en: "Fetch the newest one; if the server goes on giving an old one, tell the security officer.",
      ru: "Получите новейший; если сервер выдаёт старый, сообщите офицеру безопасности.",
    },
  },
  "office/unreachable": {
    cause: { en: "The authority's office cannot be reached.", ru: "Центр сертификации недоступен." },
    next: { en: "The booth asks again by itself.", ru: "Кабина повторит запрос сама." },
  },
  "office/refused": {
    cause: {
      en: "The authority's office refused: {status} {reason}.",
      ru: "Центр сертификации отказал: {status} {reason}.",
    },
    next: { en: "Tell the security officer.", ru: "Сообщите офицеру безопасности." },
  },
  "office/answer-malformed": {
    cause: { en: "The authority's office answered what was not asked.", ru: "Центр сертификации ответил не на то." },
    next: { en: "Tell the security officer.", ru: "Сообщите офицеру безопасности." },
  },
  "booth/certificate-revoked": {
    cause: {
      en: "This booth's certificate was revoked: it takes nobody in.",
      ru: "Сертификат этой кабины отозван: приём закрыт.",
    },
    next: {
      en: "Call the security officer. The booth asks for a new one with a new key, which an officer compares.",
      ru: "Позвоните офицеру безопасности. Кабина просит новый сертификат с новым ключом, который сверит офицер.",
    },
  },
  "booth/key-refused": {
    cause: {
      en: "A security officer refused this booth's key {key}; the booth has given it up.",
      ru: "Офицер безопасности отклонил ключ этой кабины {key}; кабина от него отказалась.",
    },
    next: {
      en: "Ask the officer why. To ask with a new key: kabina booth ask-again.",
      ru: "Узнайте у офицера причину. Чтобы запросить с новым ключом: kabina booth ask-again.",
    },
  },
  "booth/no-key-refused": {
    cause: { en: "No key of this booth stands refused.", ru: "Отклонённых ключей у этой кабины нет." },
    next: {
      en: "Nothing to do: the booth asks by itself, or kabina booth provision does.",
      ru: "Ничего делать не нужно: кабина просит сама или командой kabina booth provision.",
    },
  },
  "status/question-malformed": {
    cause: { en: "A question about a certificate cannot be read.", ru: "Вопрос о сертификате не читается." },
    next: { en: "Ask in the form of RFC 6960.", ru: "Задайте вопрос по RFC 6960." },
  },
  "certificate/of-authority": {
    cause: {
      en: "This is an authority's own certificate; one officer cannot take it back here.",
      ru: "Это сертификат самого удостоверяющего центра; один офицер не может отозвать его здесь.",
    },
    next: {
      en: "Replace it in a ceremony with the root; two officers take it back: kabina pki revoke --officer A --officer B.",
      ru: "Замените его на церемонии с корнем; отзывают его два офицера: kabina pki revoke --officer A --officer B.",
    },
  },
  "certificate/of-server": {
    cause: {
      en: "This is a server's certificate, which every booth believes; two officers take it back.",
      ru: "Это сертификат сервера, которому верят все кабины; его отзывают два офицера.",
    },
    next: {
      en: "Propose it under “Two officers”, or: kabina pki revoke SERIAL --officer A --officer B.",
      ru: "Предложите отзыв в разделе «Два офицера» или выполните kabina pki revoke СЕРИЯ --officer A --officer B.",
    },
  },
  "updates/version-unknown": {
    cause: {
      en: "There was no policy of version {version}.",
      ru: "Политики версии {version} не было.",
    },
    next: {
      en: "Look at the policy's version in the case's check or on the policy page.",
      ru: "Посмотрите версию в проверке дела или на странице политики.",
    },
  },
  "proposal/no-file": {
    cause: {
      en: "There is no file of proposal {id}: it was no export, was not carried out, or its folder is gone.",
      ru: "По предложению {id} нет файла: это не выгрузка, она не выполнена или её папки больше нет.",
    },
    next: { en: "Propose the export again.", ru: "Предложите выгрузку заново." },
  },
  "updates/exists": {
    cause: { en: "There is a repository of updates in {path}.", ru: "В {path} уже есть хранилище обновлений." },
    next: { en: "Use it, or begin in an empty folder.", ru: "Используйте его или начните в пустой папке." },
  },
  "updates/missing": {
    cause: { en: "There is no repository of updates in {path}.", ru: "В {path} нет хранилища обновлений." },
    next: {
      en: "Begin one with the officers' keys: kabina policy begin.",
      ru: "Создайте его ключами офицеров: kabina policy begin.",
    },
  },
  "updates/threshold": {
    cause: {
      en: "{threshold} of {officers} officers make no threshold.",
      ru: "{threshold} из {officers} офицеров не образуют порога.",
    },
    next: {
      en: "Take two officers at least, with a key each.",
      ru: "Возьмите не меньше двух офицеров, каждого со своим ключом.",
    },
  },
  "updates/too-large": {
    cause: {
      en: "A file of {size} bytes is larger than allowed ({limit}).",
      ru: "Файл в {size} байт больше допустимого ({limit}).",
    },
    next: { en: "Publish it in parts.", ru: "Публикуйте его частями." },
  },
  "updates/no-draft": {
    cause: { en: "Nothing waits for signatures.", ru: "Ничто не ждёт подписей." },
    next: { en: "Propose a change first.", ru: "Сначала предложите изменение." },
  },
  "updates/draft-changed": {
    cause: {
      en: "What waits for signatures is no longer what was shown.",
      ru: "То, что ждёт подписей, уже не то, что было показано.",
    },
    next: { en: "Look at the change again before signing.", ru: "Посмотрите изменение ещё раз перед подписью." },
  },
  "updates/not-an-officer": {
    cause: {
      en: "Key {keyId} is not one of the officers that may sign.",
      ru: "Ключ {keyId} не принадлежит офицерам с правом подписи.",
    },
    next: { en: "Sign with the key that the root names.", ru: "Подпишите ключом, названным в корне." },
  },
  "updates/signature-wrong": {
    cause: {
      en: "The signature does not fit what waits, or is not of key {keyId}.",
      ru: "Подпись не подходит к тому, что ждёт, или сделана не ключом {keyId}.",
    },
    next: {
      en: "Download what waits once more and sign it as it is: kabina policy sign-file.",
      ru: "Скачайте ожидающее ещё раз и подпишите без изменений: kabina policy sign-file.",
    },
  },
  "updates/person-signed": {
    cause: {
      en: "{person} has signed already, with another key.",
      ru: "{person} уже подписывает, другим ключом.",
    },
    next: {
      en: "Two different people sign. Ask the second officer.",
      ru: "Подписывают два разных человека. Обратитесь ко второму офицеру.",
    },
  },
  "updates/not-own-key": {
    cause: {
      en: "Key {keyId} is not certified for whoever is signed in.",
      ru: "Ключ {keyId} не заверен для вошедшего в систему.",
    },
    next: {
      en: "Sign with your own key (kabina people key) and bring the signature in yourself.",
      ru: "Подпишите своим ключом (kabina people key) и внесите подпись сами.",
    },
  },
  "updates/policy-malformed": {
    cause: {
      en: "The policy has values that cannot stand: {fields}.",
      ru: "В политике есть недопустимые значения: {fields}.",
    },
    next: { en: "Correct the fields that are marked.", ru: "Исправьте отмеченные поля." },
  },
  "updates/too-few": {
    cause: {
      en: "{signed} officers have signed, {threshold} must.",
      ru: "Подписей офицеров: {signed}, нужно: {threshold}.",
    },
    next: { en: "Have another officer sign.", ru: "Попросите подписать ещё одного офицера." },
  },
  "updates/not-json": {
    cause: { en: "The policy is no JSON.", ru: "Политика не в формате JSON." },
    next: { en: "Correct the file, and propose it again.", ru: "Исправьте файл и предложите его снова." },
  },
  "updates/refused": {
    cause: { en: "An update is not to be believed: {reason}.", ru: "Обновлению нельзя верить: {reason}." },
    next: {
      en: "The booth goes on with what it had. Compare its clock with the server's; if that is right, tell the security officer.",
      ru: "Кабина работает с прежними данными. Сверьте её часы с сервером; если они верны, сообщите офицеру безопасности.",
    },
  },
  "updates/unreachable": {
    cause: { en: "The repository of updates cannot be reached.", ru: "Хранилище обновлений недоступно." },
    next: {
      en: "The booth asks again by itself; a courier's folder works too.",
      ru: "Кабина повторит сама; можно привезти обновления на носителе.",
    },
  },
  "person/card-key": {
    cause: {
      en: "The file is no certification request for a key on P-256 or P-384.",
      ru: "Файл не содержит запроса на сертификат для ключа на P-256 или P-384.",
    },
    next: {
      en: "Make it with the card: kabina card request --name ID --out FILE (or openssl req -new).",
      ru: "Сделайте его картой: kabina card request --name ID --out ФАЙЛ (или openssl req -new).",
    },
  },
  "person/request-name": {
    cause: {
      en: "The request is for {asked}, not for {person}.",
      ru: "Запрос составлен на «{asked}», а не на «{person}».",
    },
    next: {
      en: "Make it with the person's short name as its common name.",
      ru: "Сделайте запрос с коротким именем сотрудника в поле CN.",
    },
  },
  "person/fingerprint-differs": {
    cause: {
      en: "The digits do not belong to the key of the request, or are fewer than {digits}.",
      ru: "Цифры не принадлежат ключу из запроса, или их меньше {digits}.",
    },
    next: {
      en: "Have the card's holder show the fingerprint once more (kabina card request prints it); if it still differs, refuse.",
      ru: "Попросите владельца карты показать отпечаток ещё раз (его печатает kabina card request); если он не совпадает, отклоните.",
    },
  },
  "person/unknown": {
    cause: { en: "There is nobody called {person}.", ru: "Сотрудника «{person}» нет." },
    next: { en: "List the staff: kabina people list.", ru: "Посмотрите список: kabina people list." },
  },
  "person/two-officers": {
    cause: { en: "This server has two security officers.", ru: "На этом сервере уже два офицера безопасности." },
    next: {
      en: "Propose the person at the console; the other officer approves.",
      ru: "Предложите сотрудника на пульте; второй офицер утвердит.",
    },
  },
  "person/passkey-refused": {
    cause: { en: "The passkey signs nobody in here.", ru: "По этому ключу доступа здесь никто не входит." },
    next: {
      en: "Use the passkey that was added at this server; if it is lost, ask a security officer.",
      ru: "Используйте ключ, добавленный на этом сервере; если он утрачен, обратитесь к офицеру безопасности.",
    },
  },
  "person/passkey-host": {
    cause: {
      en: "A passkey is not bound to an address such as {host}.",
      ru: "Ключ доступа не привязывают к адресу {host}.",
    },
    next: {
      en: "Open the console by its name: http://localhost with the port.",
      ru: "Откройте пульт по имени: http://localhost с номером порта.",
    },
  },
  "person/too-many-passkeys": {
    cause: {
      en: "{limit} passkeys are the most that one person has.",
      ru: "Больше {limit} ключей доступа у одного человека не бывает.",
    },
    next: {
      en: "Ask a security officer to remove those that are not used.",
      ru: "Попросите офицера безопасности удалить неиспользуемые.",
    },
  },
  "person/certificate-refused": {
    cause: {
      en: "The certificate on the card signs nobody in here.",
      ru: "По сертификату на карте здесь никто не входит.",
    },
    next: {
      en: "Insert your own card before opening the page; if that does not help, ask a security officer.",
      ru: "Вставьте свою карту до открытия страницы; если не помогает, обратитесь к офицеру безопасности.",
    },
  },
  "review/not-allowed": {
    cause: { en: "Your role does not allow this.", ru: "Ваша роль этого не разрешает." },
    next: { en: "Ask somebody whose task it is.", ru: "Обратитесь к тому, чья это задача." },
  },
  "review/slow-down": {
    cause: { en: "Too many wrong sign-ins come from here.", ru: "Отсюда слишком много неверных попыток входа." },
    next: {
      en: "Wait a few seconds. A right sign-in is taken at once.",
      ru: "Подождите несколько секунд. Верный вход принимается сразу.",
    },
  },
  "profile/missing": {
    cause: { en: "There is no profile at {path}.", ru: "Профиля {path} нет." },
    next: { en: "Name the file that the officer signed.", ru: "Укажите файл, подписанный офицером." },
  },
  "profile/pin-short": {
    cause: {
      en: "{least} digits of the root's fingerprint are needed at least.",
      ru: "Нужно не меньше {least} цифр отпечатка корня.",
    },
    next: {
      en: "Type them from the paper that came with the profile.",
      ru: "Введите их с бумаги, полученной вместе с профилем.",
    },
  },
  "profile/root-differs": {
    cause: { en: "The profile's root is another one: {found}.", ru: "Корень в профиле другой: {found}." },
    next: {
      en: "Do not use the profile; ask the officer who signed it.",
      ru: "Не используйте профиль; спросите подписавшего офицера.",
    },
  },
  "profile/expired": {
    cause: { en: "The profile was good until {until}.", ru: "Профиль действовал до {until}." },
    next: {
      en: "Ask for a new one; compare the machine's clock first.",
      ru: "Запросите новый; сначала сверьте часы машины.",
    },
  },
  "profile/other-booth": {
    cause: {
      en: "This machine is {here}; the profile is for {profile}.",
      ru: "Эта машина: {here}; профиль для {profile}.",
    },
    next: {
      en: "Take the right profile, or an empty data folder.",
      ru: "Возьмите нужный профиль или пустую папку данных.",
    },
  },
  "proposal/unknown": {
    cause: { en: "There is no proposal {id}.", ru: "Предложения {id} нет." },
    next: { en: "Look at the list again.", ru: "Посмотрите список ещё раз." },
  },
  "proposal/own": {
    cause: { en: "Nobody approves their own proposal.", ru: "Своё предложение не утверждают." },
    next: { en: "Ask another security officer.", ru: "Попросите другого офицера безопасности." },
  },
  "proposal/decided": {
    cause: { en: "Proposal {id} was decided already.", ru: "Предложение {id} уже решено." },
    next: { en: "Look at what was decided.", ru: "Посмотрите, что решено." },
  },
  "proposal/expired": {
    cause: { en: "Proposal {id} has waited too long.", ru: "Предложение {id} ждало слишком долго." },
    next: { en: "Propose it again, if it is still wanted.", ru: "Предложите заново, если это ещё нужно." },
  },
  "proposal/proposer-left": {
    cause: {
      en: "Whoever proposed this is no longer a security officer.",
      ru: "Предложивший больше не офицер безопасности.",
    },
    next: { en: "Propose it yourself, and ask another officer.", ru: "Предложите сами и попросите другого офицера." },
  },
  "drill/nothing-held": {
    cause: {
      en: "{booth} holds no certificate that could be revoked.",
      ru: "У «{booth}» нет сертификата, который можно отозвать.",
    },
    next: { en: "Check the booth's name.", ru: "Проверьте имя кабины." },
  },
  "drill/not-refused": {
    cause: {
      en: "A point that should refuse the booth does not: {point}.",
      ru: "Кабину не отвергают там, где должны: {point}.",
    },
    next: {
      en: "Cut the booth's network off, and find out why before anything else.",
      ru: "Отключите сеть кабины и сначала выясните причину.",
    },
  },
  "est/route-unknown": {
    cause: {
      en: "The authority does not answer at this address.",
      ru: "По этому адресу центр сертификации не отвечает.",
    },
    next: { en: "Use the addresses that docs/formats/pki.md names.", ru: "Используйте адреса из docs/formats/pki.md." },
  },
  "est/no-server-keys": {
    cause: { en: "The server makes no keys for others.", ru: "Сервер не создаёт ключи для других." },
    next: {
      en: "Make the key where it is used, and send a request.",
      ru: "Создайте ключ там, где он нужен, и отправьте запрос.",
    },
  },
  "est/media-type": {
    cause: { en: "A request must be of type application/pkcs10.", ru: "Запрос должен быть типа application/pkcs10." },
    next: { en: "Send base64 of a PKCS#10 request.", ru: "Отправьте запрос PKCS#10 в base64." },
  },
  "est/certificate-missing": {
    cause: {
      en: "Renewal needs a connection with the certificate that is renewed.",
      ru: "Для обновления нужно соединение с обновляемым сертификатом.",
    },
    next: { en: "Connect with it; without one, ask anew.", ru: "Подключитесь с ним; если его нет, запросите новый." },
  },
  "est/failed": {
    cause: { en: "The authority could not answer.", ru: "Центр сертификации не смог ответить." },
    next: {
      en: "Ask again; if it stays so, look into the server's log.",
      ru: "Повторите; если не помогает, посмотрите журнал сервера.",
    },
  },
});
