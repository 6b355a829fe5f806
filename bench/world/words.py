"""Sentences in six languages, and words that are rare.

A sentence is one choice of each column, so that common words are in very many posts, as in life.
"""

from typing import NamedTuple


class Language(NamedTuple):
    """How sentences are made.

    :ivar share: of all members, how many write it
    :ivar joiner: between the columns
    :ivar columns: what a sentence consists of, in order
    :ivar syllables: of its rare words, of which each has three
    """

    code: str
    share: float
    joiner: str
    columns: tuple[tuple[str, ...], ...]
    syllables: tuple[str, ...]


def _listed(text: str) -> tuple[str, ...]:
    """Return what stands between bars."""
    return tuple(" ".join(item.split()) for item in text.split("|"))


LATIN = _listed("""
    ba | ce | di | fo | gu | ha | je | ki | lo | mu | na | pe | ri | so | tu | va | we | xi |
    yo | zu | bra | cle | dri | flo | gru | pla | ske | tro | vli | swa | cho | nya | phe |
    rhi | tho | sha | quo | ast | ern | olm
    """)
ARABIC = _listed("""
    با | تا | جا | دا | را | سا | شا | عا | فا | قا | كا | لا | ما | نا | وا | بي | تي | جي |
    دي | ري | سي | شي | في | قي | كي | لي | مي | ني | بو | تو | جو | دو | رو | سو | شو | فو |
    قو | كو | لو | مو
    """)
HANGUL = tuple("가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투")
KATAKANA = tuple("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモラリルレロ")

LANGUAGES = (
    Language(
        "en",
        0.53,
        " ",
        (
            _listed("""
                The heron | My neighbour | The ferry | Our library | The new baker |
                A small dog | Somebody | The choir | The river | My bicycle | The council |
                The old tram
                """),
            _listed("""
                has moved | was seen again | makes a strange noise | wants to be left alone |
                is late, and nobody minds | sings | needs a coat of paint | found a friend |
                has opinions about soup | won a prize for patience | stopped | is for sale
                """),
            _listed("""
                beside the third lamp post. | behind the town hall. |
                in the rain this morning. | at the end of the market. |
                just before the film began. | on the way to the sea. |
                near the bridge that leads nowhere. | under the chestnut trees. |
                while we were having coffee. | and I have told nobody at work. |
                for the second time this week! |
                as it does every year: https://news.example/today
                """),
        ),
        LATIN,
    ),
    Language(
        "ko",
        0.13,
        " ",
        (
            _listed("""
                도서관 고양이가 | 옆집 아이가 | 우리 동네 빵집이 | 어제 산 자전거가 |
                강가의 왜가리가 | 새로 온 선생님이 | 할머니의 라디오가 | 시장 골목이 |
                오래된 극장이 | 작은 정원이
                """),
            _listed("""
                아침부터 | 비 오는 날에 | 아무 말 없이 | 생각보다 일찍 | 점심시간에 |
                모두가 잠든 사이에 | 올해도 변함없이 | 축제 준비 때문에 | 친구들과 함께 |
                오랜만에
                """),
            _listed("""
                문을 열었습니다. | 노래를 부르고 있어요. | 조금 더 가까이 왔어요. |
                사람들로 가득합니다. | 사진을 찍었습니다. | 따뜻한 국수를 먹었어요. |
                길을 잃었습니다. | 편지를 받았어요. | 산책을 다녀왔습니다. | 환하게 웃었습니다!
                """),
        ),
        HANGUL,
    ),
    Language(
        "ja",
        0.1,
        "",
        (
            _listed("""
                図書館の猫が | 隣の子どもが | 駅前のパン屋が | 古い自転車が | 川べりの鷺が |
                新しい先生が | 祖母のラジオが | 商店街が | 小さな庭が | 東京の友だちが
                """),
            _listed("""
                朝から | 雨の日に | 何も言わずに | 思ったより早く | 昼休みに | 今年も変わらず |
                祭りの準備で | 友だちと一緒に | 久しぶりに | 夜おそくまで
                """),
            _listed("""
                店を開けました。 | 歌をうたっています。 | 少し近づいてきた。 |
                人でいっぱいです。 | 写真を撮りました。 | 温かいうどんを食べた。 |
                道に迷いました。 | 手紙をもらった。 | 散歩に出かけました。 |
                にっこり笑いました。
                """),
        ),
        KATAKANA,
    ),
    Language(
        "ar",
        0.07,
        " ",
        (
            _listed("""
                قطة المكتبة | جارنا القديم | خباز الحي | دراجتي الجديدة | مالك الحزين |
                معلمة المدرسة | راديو جدتي | سوق المدينة | السينما القديمة | الحديقة الصغيرة
                """),
            _listed("""
                في الصباح | تحت المطر | بلا كلام | قبل الموعد | وقت الغداء | كما في كل عام |
                بسبب المهرجان | مع الأصدقاء | بعد غياب طويل | حتى آخر الليل
                """),
            _listed("""
                يفتح الباب. | يغني بصوت عال. | يقترب قليلا. | مليء بالناس. | التقط صورة. |
                أكل حساء ساخنا. | ضاع في الطريق. | وصلته رسالة. | خرج في نزهة. | ابتسم للجميع!
                """),
        ),
        ARABIC,
    ),
    Language(
        "es",
        0.09,
        " ",
        (
            _listed("""
                La garza | Mi vecina | El panadero nuevo | La biblioteca | Un perro pequeño |
                El coro del barrio | Mi bicicleta | El tranvía viejo | La abuela | El mercado
                """),
            _listed("""
                volvió a cantar | abrió temprano | se quedó dormida | ganó un premio |
                perdió las llaves | cambió de color | hizo una sopa enorme | pidió silencio |
                encontró una carta | no quiere salir
                """),
            _listed("""
                junto al río. | debajo de la lluvia. | antes del amanecer. |
                en la plaza mayor. | como cada año. | sin decir nada a nadie. |
                después de la siesta. | camino de la estación. | con mucha paciencia. |
                ¡y todos aplaudieron!
                """),
        ),
        LATIN,
    ),
    Language(
        "de",
        0.08,
        " ",
        (
            _listed("""
                Der Reiher | Meine Nachbarin | Die Bäckerei | Das alte Fahrrad |
                Ein kleiner Hund | Der Kirchenchor | Die Bücherei | Unsere Straßenbahn |
                Großmutter | Der Markt
                """),
            _listed("""
                steht schon wieder | singt leise | wartet geduldig | macht seltsame Geräusche |
                hat einen Brief bekommen | träumt | ist umgezogen | sucht Gesellschaft |
                hat Suppe gekocht | bleibt heute stehen
                """),
            _listed("""
                unter der Laterne. | hinter dem Rathaus. | im strömenden Regen. |
                am Ende der Straße. | kurz vor Mitternacht. | auf dem Weg zum Meer. |
                bei den Kastanien. | wie in jedem Jahr. | und niemand wundert sich. |
                zum zweiten Mal in dieser Woche!
                """),
        ),
        LATIN,
    ),
)

TAGS = _listed("""
    gardening | tram | soup | choir | repaircafé | books | heron | market | rain | cycling |
    film | bread | radio | ferry | chess | maps | kites | photography | 빵집 | 산책 | 도서관 |
    축제 | 散歩 | 図書館 | 祭り | مكتبة | حديقة | lluvia | feria | bücherei | straßenbahn
    """)
# What else tags are made of, so that there are hundreds, most of them hardly used.
TAG_SEASONS = _listed("""
    spring | summer | autumn | winter | 2024 | 2025 | 2026 | north | south
    """)
WARNINGS = _listed("""
    Food | Spiders | The end of the film | Long | 비행기 사고 | 映画のネタバレ
    """)
FIRST_NAMES = _listed("""
    ana | ben | chidi | dara | eun | femi | gita | hana | ivo | juno | kofi | lena | mira |
    nils | omar | pia | quin | rosa | sami | tala | uma | vera | wim | xenia | yusuf | zoe
    """)
# The last is none, as many have.
LAST_NAMES = _listed("""
    Okafor | Kim | García | Schäfer | Haddad | Sato | Novak | Murphy | Silva |
    """)

RARE_WORDS = 50_000


def rare_word(language: Language, number: int) -> str:
    """Return one of `RARE_WORDS` words of a language."""
    syllables = language.syllables
    first, rest = divmod(number, len(syllables) ** 2)
    second, third = divmod(rest, len(syllables))
    return syllables[first % len(syllables)] + syllables[second] + syllables[third]
