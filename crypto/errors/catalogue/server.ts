import { errorTexts } from "./entry.ts";

export const serverErrors = errorTexts({
  "intake/block-mismatch": {
    cause: {
      en: "A block of the upload arrived changed; the upload goes back to byte {offset}.",
      ru: "Блок передачи пришёл изменённым; передача возвращается к байту {offset}.",
    },
    next: {
      en: "Nothing to do: the booth sends the block again. If it repeats, check the link.",
      ru: "Ничего делать не нужно: кабина отправит блок ещё раз. Если повторяется, проверьте канал связи.",
    },
  },
  "intake/booth-differs": {
    cause: {
      en: "The package was sealed by booth {sealedBy}, and another booth sends it.",
      ru: "Пакет запечатан кабиной {sealedBy}, а отправляет его другая.",
    },
    next: {
      en: "Tell the security officer: packages travel only from the booth that sealed them, or by courier box.",
      ru: "Сообщите офицеру безопасности: пакет отправляет только запечатавшая его кабина или курьерский ящик.",
    },
  },
  "intake/certificate-expired": {
    cause: { en: "The booth's certificate is not valid at this time.", ru: "Сертификат кабины сейчас недействителен." },
    next: {
      en: "Check the booth's clock; then renew its certificate.",
      ru: "Проверьте часы кабины, затем обновите её сертификат.",
    },
  },
  "intake/certificate-foreign": {
    cause: {
      en: "The booth's certificate is not from this installation.",
      ru: "Сертификат кабины выдан не в этой системе.",
    },
    next: {
      en: "Enrol the booth with this installation's authority.",
      ru: "Зарегистрируйте кабину в удостоверяющем центре этой системы.",
    },
  },
  "intake/certificate-missing": {
    cause: { en: "The connection has no client certificate.", ru: "Соединение без сертификата клиента." },
    next: {
      en: "Only booths connect here. Check the booth's keys with `kabina doctor`.",
      ru: "Сюда подключаются только кабины. Проверьте ключи кабины командой `kabina doctor`.",
    },
  },
  "intake/certificate-purpose": {
    cause: { en: "The certificate is not one of a booth.", ru: "Этот сертификат не для кабины." },
    next: { en: "Give the booth its own certificate.", ru: "Выдайте кабине её собственный сертификат." },
  },
  "intake/certificate-revoked": {
    cause: { en: "The booth's certificate was revoked.", ru: "Сертификат кабины отозван." },
    next: {
      en: "Call the security officer. What the booth holds stays there, sealed.",
      ru: "Позвоните офицеру безопасности. Всё, что хранит кабина, остаётся в ней запечатанным.",
    },
  },
  "intake/content-differs": {
    cause: {
      en: "The bytes that arrived are not the ones that were offered.",
      ru: "Пришли не те байты, что были предложены.",
    },
    next: {
      en: "Look at the booth's disk: its copy of the package has changed since it was sealed.",
      ru: "Проверьте диск кабины: её копия пакета изменилась после запечатывания.",
    },
  },
  "intake/disk-full": {
    cause: { en: "The server's disk is full.", ru: "Диск сервера заполнен." },
    next: {
      en: "Make room on the server's data disk. The booth keeps its packages and tries again by itself.",
      ru: "Освободите место на диске данных сервера. Кабина хранит пакеты и повторит сама.",
    },
  },
  "intake/failed": {
    cause: {
      en: "The server could not take the package because of a fault of its own.",
      ru: "Сервер не смог принять пакет из-за собственной ошибки.",
    },
    next: {
      en: "The booth tries again by itself. Look into the server's log.",
      ru: "Кабина повторит сама. Посмотрите журнал сервера.",
    },
  },
  "intake/offer-too-large": {
    cause: {
      en: "The offer of the package is larger than {limitBytes} bytes.",
      ru: "Заявка на передачу пакета больше {limitBytes} байт.",
    },
    next: {
      en: "Update the booth's software: it does not keep to the upload's limits.",
      ru: "Обновите программу кабины: она не соблюдает пределы передачи.",
    },
  },
  "intake/package-differs": {
    cause: {
      en: "A package of the number {packageId} with other contents is known already.",
      ru: "Пакет с номером {packageId}, но с другим содержимым, уже известен.",
    },
    next: {
      en: "Tell the security officer. The booth keeps the package; nothing was overwritten.",
      ru: "Сообщите офицеру безопасности. Пакет остаётся в кабине, ничего не перезаписано.",
    },
  },
  "intake/protocol": {
    cause: {
      en: "The upload request does not keep to the protocol (status {status}).",
      ru: "Запрос передачи нарушает протокол (код {status}).",
    },
    next: {
      en: "The booth tries again by itself. If it repeats, update its software.",
      ru: "Кабина повторит сама. Если повторяется, обновите её программу.",
    },
  },
  "intake/receipt-unknown": {
    cause: {
      en: "There is no receipt: the package is not here as a whole.",
      ru: "Квитанции нет: пакет получен не полностью.",
    },
    next: {
      en: "Nothing to do: the booth goes on with the upload.",
      ru: "Ничего делать не нужно: кабина продолжит передачу.",
    },
  },
  "intake/route-unknown": {
    cause: { en: "There is no such address at the intake.", ru: "У приёма нет такого адреса." },
    next: {
      en: "Check the server's address in the booth's installation.",
      ru: "Проверьте адрес сервера в настройках кабины.",
    },
  },
  "intake/too-many-uploads": {
    cause: {
      en: "The booth has begun {limit} uploads and finished none of them.",
      ru: "Кабина начала {limit} передач и не закончила их.",
    },
    next: {
      en: "Nothing to do: the booth finishes what it began first. If it repeats, look at the booth's outbox.",
      ru: "Ничего делать не нужно: кабина сначала закончит начатое. Если повторяется, проверьте исходящие кабины.",
    },
  },
  "intake/upload-unknown": {
    cause: { en: "The server does not know this upload.", ru: "Сервер не знает этой передачи." },
    next: {
      en: "Nothing to do: the booth offers the package again.",
      ru: "Ничего делать не нужно: кабина предложит пакет заново.",
    },
  },
  "review/accept-failed-case": {
    cause: {
      en: "A case that could not be opened or checked cannot be accepted.",
      ru: "Дело, которое не удалось открыть или проверить, нельзя принять.",
    },
    next: { en: "Ask for a retake, or escalate.", ru: "Запросите повторную съёмку или передайте старшему." },
  },
  "review/override-needed": {
    cause: {
      en: "The portrait fails by a measure ({measures}); it is accepted only with a reason.",
      ru: "Портрет не проходит по показателям ({measures}); принять его можно только с причиной.",
    },
    next: {
      en: "Say why it may be taken all the same, or ask for a retake.",
      ru: "Укажите, почему его всё же можно взять, или запросите повторную съёмку.",
    },
  },
  "review/override-idle": {
    cause: {
      en: "No measure of the portrait failed, so there is nothing to override.",
      ru: "Портрет проходит по всем показателям, поэтому причина не нужна.",
    },
    next: { en: "Open the case again and accept it.", ru: "Откройте дело заново и примите его." },
  },
  "review/override-unexplained": {
    cause: { en: "Another reason must be written down.", ru: "Другую причину нужно записать." },
    next: { en: "Write it into the note.", ru: "Запишите её в примечание." },
  },
  "review/case-changed": {
    cause: { en: "The case has changed since you opened it.", ru: "Дело изменилось с тех пор, как вы его открыли." },
    next: { en: "Look at it again, then decide.", ru: "Посмотрите его ещё раз и решите." },
  },
  "review/case-decided": {
    cause: { en: "The case {case} is decided already.", ru: "Решение по делу {case} уже принято." },
    next: { en: "Take the next one.", ru: "Возьмите следующее." },
  },
  "review/case-unknown": {
    cause: { en: "There is no case {case}.", ru: "Дела {case} нет." },
    next: { en: "Check the number.", ru: "Проверьте номер." },
  },
  "review/chip-files-differ": {
    cause: {
      en: "Chip files are not the ones that the booth read ({parts}).",
      ru: "Файлы чипа не те, что прочитала кабина ({parts}).",
    },
    next: {
      en: "Escalate: the package's contents contradict each other.",
      ru: "Передайте старшему: содержимое пакета противоречит само себе.",
    },
  },
  "review/chip-agreement-unrepeatable": {
    cause: {
      en: "The booth and the chip agreed on keys; only those two can know that the chip's answers were its own.",
      ru: "Кабина и чип согласовали ключи; что ответы дал сам чип, могут знать только они двое.",
    },
    next: {
      en: "Take the booth's word for it, or have the document read again at the desk.",
      ru: "Положитесь на слово кабины или прочитайте документ ещё раз у окна.",
    },
  },
  "review/chip-agreement-unmade": {
    cause: {
      en: "The document offers chip authentication, and the booth did not carry it out.",
      ru: "Документ поддерживает аутентификацию чипа, но кабина её не выполнила.",
    },
    next: { en: "Have the document read again at the desk.", ru: "Прочитайте документ ещё раз у окна." },
  },
  "review/chip-proof-invented": {
    cause: {
      en: "The booth says that the chip proved itself by a key that the document's signed files do not have.",
      ru: "Кабина утверждает, что чип подтвердил себя ключом, которого нет в подписанных файлах документа.",
    },
    next: {
      en: "Escalate: the package's contents contradict each other.",
      ru: "Передайте старшему: содержимое пакета противоречит само себе.",
    },
  },
  "review/chip-signed-nothing": {
    cause: {
      en: "The chip could sign a challenge, but the record holds no signature.",
      ru: "Чип мог подписать запрос, но подписи в записи нет.",
    },
    next: { en: "Have the document read again at the desk.", ru: "Прочитайте документ ещё раз у окна." },
  },
  "review/chip-proof-undecided": {
    cause: { en: "The chip's signature could not be checked.", ru: "Подпись чипа не удалось проверить." },
    next: { en: "Compare the paper document by eye.", ru: "Сверьте бумажный документ глазами." },
  },
  "review/chip-unread": {
    cause: { en: "No chip was read.", ru: "Чип не прочитан." },
    next: { en: "Compare the paper document by eye.", ru: "Сверьте бумажный документ глазами." },
  },
  "review/clock-ahead": {
    cause: {
      en: "The booth's clock was {aheadMinutes} minutes ahead of the server's.",
      ru: "Часы кабины спешили на {aheadMinutes} мин относительно сервера.",
    },
    next: {
      en: "Set the booth's clock; judge the time of capture by other means.",
      ru: "Поставьте часы кабины; время съёмки определите другим способом.",
    },
  },
  "review/clock-off": {
    cause: {
      en: "The booth's clock was {offMinutes} minutes off what it had heard from the server.",
      ru: "Часы кабины расходились на {offMinutes} мин со временем сервера.",
    },
    next: {
      en: "Set the booth's clock; judge the time of capture by other means.",
      ru: "Поставьте часы кабины; время съёмки определите другим способом.",
    },
  },
  "review/clock-unproved": {
    cause: {
      en: "Since its start the booth had not heard the time from the server.",
      ru: "С момента запуска кабина не получала времени от сервера.",
    },
    next: { en: "Nothing to do when the times look right.", ru: "Если время выглядит верным, ничего делать не нужно." },
  },
  "review/consent-time": {
    cause: { en: "Consent was not given during the session.", ru: "Согласие дано не во время сеанса." },
    next: { en: "Ask for a retake.", ru: "Запросите повторную съёмку." },
  },
  "review/countries-absent": {
    cause: { en: "No country's certificate is installed here.", ru: "Здесь не установлен ни один сертификат страны." },
    next: {
      en: "Put the countries' signing certificates into the trust folder (docs/operations.md).",
      ru: "Положите сертификаты стран в папку доверия (docs/operations.md).",
    },
  },
  "review/csrf": {
    cause: {
      en: "The request did not come from this console's own page.",
      ru: "Запрос пришёл не со страницы этой консоли.",
    },
    next: { en: "Load the console again.", ru: "Загрузите консоль заново." },
  },
  "review/enrolled-before": {
    cause: {
      en: "These prints are like those of case {nearest}.",
      ru: "Отпечатки похожи на отпечатки дела {nearest}.",
    },
    next: {
      en: "Compare both cases; escalate when they are one person under two names.",
      ru: "Сравните оба дела; если это один человек под двумя именами, передайте старшему.",
    },
  },
  "review/finger-file": {
    cause: {
      en: "The file is no picture and no template of one finger ({reason}).",
      ru: "Файл не является снимком или шаблоном одного пальца ({reason}).",
    },
    next: {
      en: "Capture the finger again at the desk's sensor and give its picture (PNG, WSQ, or a finger record).",
      ru: "Снимите палец ещё раз на сканере у окна и передайте снимок (PNG, WSQ или запись отпечатка).",
    },
  },
  "review/exceptions-hidden": {
    cause: {
      en: "The record shows exceptions that the booth did not list: {hidden}.",
      ru: "Запись показывает исключения, которых кабина не указала: {hidden}.",
    },
    next: {
      en: "Look at the captures that they name, and tell the engineer: the booth's software should have listed them.",
      ru: "Посмотрите соответствующие снимки и сообщите инженеру: программа кабины должна была их указать.",
    },
  },
  "review/exceptions-noted": {
    cause: { en: "The booth noted exceptions: {exceptions}.", ru: "Кабина отметила исключения: {exceptions}." },
    next: { en: "Look at the captures that they name.", ru: "Посмотрите снимки, к которым они относятся." },
  },
  "review/face-engine-absent": {
    cause: { en: "The face engine is not installed here.", ru: "Средство проверки лица здесь не установлено." },
    next: {
      en: "Judge the portrait by eye; install the engine (`kabina doctor`).",
      ru: "Оцените портрет глазами; установите средство проверки (`kabina doctor`).",
    },
  },
  "review/failed": {
    cause: {
      en: "The server could not do this because of a fault of its own.",
      ru: "Сервер не смог это сделать из-за собственной ошибки.",
    },
    next: { en: "Try again; then look into the server's log.", ru: "Повторите; затем посмотрите журнал сервера." },
  },
  "review/chip-fields-invented": {
    cause: {
      en: "What the record gives as the chip's data is not what the chip's own file says: {fields}.",
      ru: "Данные, которые запись приписывает чипу, не те, что в файле самого чипа: {fields}.",
    },
    next: {
      en: "Escalate: the package's contents contradict each other.",
      ru: "Передайте старшему: содержимое пакета противоречит само себе.",
    },
  },
  "review/fields-differ": {
    cause: {
      en: "Document and chip, or the person, disagree on: {fields}.",
      ru: "Документ и чип или сам человек расходятся в полях: {fields}.",
    },
    next: { en: "Compare these fields with the document.", ru: "Сверьте эти поля с документом." },
  },
  "review/finger-engine-failed": {
    cause: {
      en: "The finger engine broke off or is not installed.",
      ru: "Средство проверки отпечатков прервалось или не установлено.",
    },
    next: {
      en: "Judge the prints by eye; have it done again (`kabina server replay`).",
      ru: "Оцените отпечатки глазами; повторите проверку (`kabina server replay`).",
    },
  },
  "review/host-foreign": {
    cause: {
      en: "The console answers only under this machine's own address.",
      ru: "Консоль отвечает только по собственному адресу этого компьютера.",
    },
    next: { en: "Open it as http://127.0.0.1 with its port.", ru: "Откройте её как http://127.0.0.1 с её портом." },
  },
  "review/image-malformed": {
    cause: {
      en: "Some pictures are not pictures: {parts}.",
      ru: "Некоторые изображения не являются изображениями: {parts}.",
    },
    next: { en: "Ask for a retake.", ru: "Запросите повторную съёмку." },
  },
  "review/image-missing": {
    cause: { en: "The package holds no picture.", ru: "В пакете нет ни одного изображения." },
    next: { en: "Ask for a retake.", ru: "Запросите повторную съёмку." },
  },
  "review/image-unknown": {
    cause: { en: "The case has no such picture.", ru: "В деле нет такого изображения." },
    next: { en: "Load the case again.", ru: "Загрузите дело заново." },
  },
  "review/not-signed-in": {
    cause: { en: "You are not signed in, or were away too long.", ru: "Вы не вошли или слишком долго отсутствовали." },
    next: {
      en: "Sign in with a new link (`kabina server sign-in-link`).",
      ru: "Войдите по новой ссылке (`kabina server sign-in-link`).",
    },
  },
  "review/one-print-only": {
    cause: { en: "There is only one print to compare.", ru: "Есть только один отпечаток для сравнения." },
    next: {
      en: "Nothing to do when the reason for the missing finger is right.",
      ru: "Если причина отсутствия пальца верна, ничего делать не нужно.",
    },
  },
  "review/origin-foreign": {
    cause: { en: "Another page tried to use the console.", ru: "Другая страница пыталась обратиться к консоли." },
    next: { en: "Close that page. Nothing was done.", ru: "Закройте ту страницу. Ничего не сделано." },
  },
  "review/parts-missing": {
    cause: {
      en: "The record names parts that are not there: {parts}.",
      ru: "Запись называет отсутствующие части: {parts}.",
    },
    next: { en: "Ask for a retake.", ru: "Запросите повторную съёмку." },
  },
  "review/parts-unnamed": {
    cause: {
      en: "The package has parts that the record does not name: {parts}.",
      ru: "В пакете есть части, которых нет в записи: {parts}.",
    },
    next: {
      en: "Escalate: the package's contents contradict each other.",
      ru: "Передайте старшему: содержимое пакета противоречит само себе.",
    },
  },
  "review/portrait-absent": {
    cause: { en: "There is no portrait.", ru: "Портрета нет." },
    next: { en: "Ask for a retake.", ru: "Запросите повторную съёмку." },
  },
  "review/portrait-below": {
    cause: { en: "The portrait is below the requirements: {below}.", ru: "Портрет не отвечает требованиям: {below}." },
    next: {
      en: "Look at it; ask for a retake when it cannot be used.",
      ru: "Посмотрите на него; если он непригоден, запросите повторную съёмку.",
    },
  },
  "review/portrait-retouched": {
    cause: {
      en: "The portrait is not what its record cuts out of the camera's picture.",
      ru: "Портрет не совпадает с тем, что по записи вырезано из снимка камеры.",
    },
    next: {
      en: "Do not accept it; have the booth looked at.",
      ru: "Не принимайте его; пусть проверят кабину.",
    },
  },
  "review/portrait-uncut": {
    cause: {
      en: "The portrait is the camera's picture itself; there is no cut to follow.",
      ru: "Портрет и есть снимок камеры; вырезка не выполнялась.",
    },
    next: { en: "Nothing to do.", ru: "Ничего делать не нужно." },
  },
  "review/presentation-suspicious": {
    cause: {
      en: "The portrait may show a picture held before the camera; the signs stand beside it.",
      ru: "Возможно, перед камерой держали снимок; признаки стоят рядом с портретом.",
    },
    next: {
      en: "Look for a screen's grid, printed dots or edges of paper. A patterned cloth, a door, or a person who cannot turn the head can look the same to the measure: none of it is a reason by itself.",
      ru: "Поищите сетку экрана, точки печати или край бумаги. Узор на ткани, дверь или человек, который не может повернуть голову, могут выглядеть для измерения так же: само по себе это не повод отказать.",
    },
  },
  "review/likeness-below": {
    cause: {
      en: "The portrait and the chip's picture do not look like the same person: score {score}, wanted {threshold}.",
      ru: "Портрет и снимок в чипе не похожи на одного человека: оценка {score}, нужно {threshold}.",
    },
    next: {
      en: "Compare both with your own eyes; the measure errs, with old pictures most of all.",
      ru: "Сравните оба снимка сами: оценка ошибается, чаще всего на старых снимках.",
    },
  },
  "review/likeness-unsure": {
    cause: {
      en: "The measure cannot tell whether portrait and chip show the same person: score {score}, wanted {threshold}.",
      ru: "Оценка не может сказать, один ли человек на портрете и в чипе: {score}, нужно {threshold}.",
    },
    next: { en: "Compare both with your own eyes.", ru: "Сравните оба снимка сами." },
  },
  "review/chip-portrait-absent": {
    cause: { en: "The chip holds no portrait.", ru: "В чипе нет портрета." },
    next: { en: "Compare with the printed document.", ru: "Сравните с напечатанным в документе." },
  },
  "review/print-below": {
    cause: { en: "A print is of low quality.", ru: "Отпечаток низкого качества." },
    next: {
      en: "Look at it; ask for a retake when ridges cannot be followed.",
      ru: "Посмотрите на него; если линии не проследить, запросите повторную съёмку.",
    },
  },
  "review/print-numbers-differ": {
    cause: {
      en: "Booth and server measured a print differently.",
      ru: "Кабина и сервер оценили отпечаток по-разному.",
    },
    next: {
      en: "Look at the print; report the booth when it repeats.",
      ru: "Посмотрите отпечаток; если повторяется, сообщите о кабине.",
    },
  },
  "review/prints-absent": {
    cause: { en: "There are no prints.", ru: "Отпечатков нет." },
    next: { en: "Nothing to do when the reason is right.", ru: "Если причина верна, ничего делать не нужно." },
  },
  "review/record-malformed": {
    cause: {
      en: "The record of the session is not of the agreed form.",
      ru: "Запись сеанса не соответствует установленной форме.",
    },
    next: { en: "Escalate, and update the booth's software.", ru: "Передайте старшему и обновите программу кабины." },
  },
  "review/record-unreadable": {
    cause: {
      en: "This needs the record of the session, which could not be read.",
      ru: "Для этого нужна запись сеанса, а её не удалось прочитать.",
    },
    next: { en: "See the check of the record's form.", ru: "Смотрите проверку формы записи." },
  },
  "review/request-malformed": {
    cause: { en: "The request is not of the agreed form.", ru: "Запрос не соответствует установленной форме." },
    next: { en: "Load the console again.", ru: "Загрузите консоль заново." },
  },
  "review/route-unknown": {
    cause: { en: "There is no such address.", ru: "Такого адреса нет." },
    next: { en: "Open the console's first page.", ru: "Откройте первую страницу консоли." },
  },
  "review/same-finger-twice": {
    cause: { en: "Two prints are of the same finger.", ru: "Два отпечатка принадлежат одному пальцу." },
    next: { en: "Ask for a retake of the wrong finger.", ru: "Запросите повторную съёмку неверного пальца." },
  },
  "review/stage-failed": {
    cause: {
      en: "A stage of the checks broke off because of a fault of its own.",
      ru: "Этап проверок прервался из-за собственной ошибки.",
    },
    next: {
      en: "Have it done again (`kabina server replay`); look into the server's log.",
      ru: "Повторите его (`kabina server replay`); посмотрите журнал сервера.",
    },
  },
  "review/token-wrong": {
    cause: {
      en: "This sign-in link has been used, or is not from this server.",
      ru: "Эта ссылка для входа уже использована или не от этого сервера.",
    },
    next: {
      en: "Ask for a new one: `kabina server sign-in-link`.",
      ru: "Получите новую: `kabina server sign-in-link`.",
    },
  },
  "review/undo-other": {
    cause: { en: "The decision was made by {by}.", ru: "Решение принял {by}." },
    next: { en: "Only who decided can undo.", ru: "Отменить может только принявший решение." },
  },
  "review/undo-too-late": {
    cause: {
      en: "The decision can no longer be undone: it is signed.",
      ru: "Решение уже нельзя отменить: оно подписано.",
    },
    next: {
      en: "Escalate the case when the decision was wrong.",
      ru: "Если решение ошибочно, передайте дело старшему.",
    },
  },
  "server/not-started": {
    cause: {
      en: "The server has not been started on this data folder ({path}).",
      ru: "Сервер с этой папкой данных не запускался ({path}).",
    },
    next: { en: "Start it: `kabina server`.", ru: "Запустите его: `kabina server`." },
  },
  "server/already-running": {
    cause: {
      en: "A server already runs on {folder}: process {pid}.",
      ru: "Сервер уже работает с папкой {folder}: процесс {pid}.",
    },
    next: { en: "Stop it first, or use another data folder.", ru: "Сначала остановите его или укажите другую папку." },
  },
  "server/port-taken": {
    cause: { en: "The port {port} cannot be used ({reason}).", ru: "Порт {port} занять не удалось ({reason})." },
    next: {
      en: "Stop what uses it, or choose another with --port, --console-port or --pki-port.",
      ru: "Остановите занявшую его программу или выберите другой через --port, --console-port или --pki-port.",
    },
  },
  "store/damaged": {
    cause: { en: "The server's data file cannot be read.", ru: "Файл данных сервера не читается." },
    next: {
      en: "Restore it from the last backup; keep the damaged file for inquiry.",
      ru: "Восстановите его из последней копии; повреждённый файл сохраните для разбора.",
    },
  },
  "store/disk-full": {
    cause: { en: "The server's disk is full.", ru: "Диск сервера заполнен." },
    next: {
      en: "Make room on the server's data disk, then start again.",
      ru: "Освободите место на диске данных сервера и запустите снова.",
    },
  },
  "store/engine-missing": {
    cause: {
      en: "SQLite was not built on this machine, so the server has no store.",
      ru: "На этой машине не собран SQLite, серверу негде хранить данные.",
    },
    next: {
      en: "As an administrator: apt-get install build-essential python3, then npm rebuild better-sqlite3.",
      ru: "От имени администратора: apt-get install build-essential python3, затем npm rebuild better-sqlite3.",
    },
  },
  "store/newer": {
    cause: {
      en: "The data file was written by a newer Kabina (schema {found}, this one knows {known}).",
      ru: "Файл данных записан более новой Kabina (схема {found}, эта знает {known}).",
    },
    next: { en: "Install that version again.", ru: "Установите ту версию снова." },
  },
  "store/part-damaged": {
    cause: {
      en: "The stored part {part} does not decrypt: it was changed on the disk.",
      ru: "Сохранённая часть {part} не расшифровывается: она изменена на диске.",
    },
    next: {
      en: "Have the case opened again from its package: `kabina server replay`.",
      ru: "Откройте дело заново из пакета: `kabina server replay`.",
    },
  },
  "store/erased": {
    cause: {
      en: "What was captured for {case} has been erased ({at}).",
      ru: "Снятое по делу {case} стёрто ({at}).",
    },
    next: {
      en: "Nobody can bring it back; the certificate says why: kabina server erasure.",
      ru: "Восстановить это нельзя; причина — в свидетельстве: kabina server erasure.",
    },
  },
  "retention/in-work": {
    cause: {
      en: "{case} is being processed and cannot be erased now.",
      ru: "Дело {case} в обработке, сейчас его стереть нельзя.",
    },
    next: {
      en: "Wait until it is in the queue.",
      ru: "Дождитесь, пока оно попадёт в очередь.",
    },
  },
  "retention/policy-malformed": {
    cause: {
      en: "The signed retention policy does not fit this software; nothing was erased.",
      ru: "Подписанные правила хранения не подходят этой программе; ничего не стёрто.",
    },
    next: {
      en: "Have the officers sign one that does (docs/formats/retention.md).",
      ru: "Пусть офицеры подпишут подходящие (docs/formats/retention.md).",
    },
  },
  "retention/remains": {
    cause: {
      en: "Something that was erased is still there ({found} places), or could not be looked for ({unread} files).",
      ru: "Что-то из стёртого осталось ({found} мест) или не проверено ({unread} файлов).",
    },
    next: {
      en: "Remove the copies that are named (backups), let other programs close the database, and verify again.",
      ru: "Удалите названные копии (резервные), закройте базу в других программах и проверьте снова.",
    },
  },
  "retention/no-certificate": {
    cause: {
      en: "The audit log has no certificate of erasure for {case}.",
      ru: "В журнале аудита нет свидетельства о стирании дела {case}.",
    },
    next: {
      en: "See that the server runs: it carries certificates into its log.",
      ru: "Убедитесь, что сервер работает: свидетельства в журнал вносит он.",
    },
  },
  "store/part-unknown": {
    cause: { en: "The case has no part {part}.", ru: "В деле нет части {part}." },
    next: {
      en: "Have the case opened again from its package: `kabina server replay`.",
      ru: "Откройте дело заново из пакета: `kabina server replay`.",
    },
  },
});
