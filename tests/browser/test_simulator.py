"""Do texts arrive on the simulator's phones while somebody watches, and do the answers go in as real texts do?"""

from playwright.sync_api import Browser, Locator, Page, expect

from companion.domain.consent import ConsentStatus
from tests.support.world import World


def phone_of(page: Page, world: World) -> Locator:
    """Amina's phone."""
    return page.locator(f"#phone-{world.people.amina.id}")


def test_a_text_arrives_while_you_watch_and_an_answer_goes_in(world: World, address: str, page: Page) -> None:
    world.people.agree_plan()
    page.goto(f"{address}/simulator")
    phone = phone_of(page, world)
    expect(phone).to_contain_text("No texts yet.")
    world.until_due()
    world.beat()
    expect(phone.locator("[data-text]")).to_have_count(1)
    phone.get_by_role("textbox").fill("The stairs were easier 😀")
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator("[data-text]")).to_have_count(2)
    expect(phone).to_contain_text("The stairs were easier 😀")
    assert [task.kind.value for task in world.tasks()] == ["read-message"]
    phone.get_by_role("button", name="STOP").click()
    expect(phone).to_contain_text("Texts are stopped.")
    assert world.amina().text_consent is ConsentStatus.WITHDRAWN


def test_the_phones_work_without_script(world: World, address: str, browser: Browser) -> None:
    world.people.agree_plan()
    world.until_due()
    world.beat()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/simulator")
    phone = phone_of(page, world)
    expect(phone.locator("[data-text]")).to_have_count(1)
    phone.get_by_role("button", name="STOP").click()
    expect(phone_of(page, world)).to_contain_text("Texts are stopped.")
    phone_of(page, world).get_by_role("button", name="START").click()
    expect(phone_of(page, world)).to_contain_text("Texts agreed")
    context.close()


def test_the_api_can_be_read_in_the_browser_and_asks_nobody_outside(address: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/docs")
    page.locator("#operations-tag-messages").click()
    expect(page.get_by_text("/v1/patients/{patient_id}/nudges")).to_be_visible()
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
