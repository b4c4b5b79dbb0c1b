package io.weakref.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weakref.collection.WeakSet;
import io.weakref.sample.tile.HoldSwitch;
import io.weakref.sample.viewer.Viewer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.PageLoadStrategy;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.WheelInput;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static io.weakref.sample.Chromium.ready;
import static io.weakref.sample.Chromium.screenshot;
import static io.weakref.sample.Chromium.text;
import static io.weakref.sample.Chromium.until;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in real browsers, as those who use it see it.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "weakref.caches.heldTiles.hold-for=1h")
@EnabledIf(value = "io.weakref.sample.Chromium#isExpected", disabledReason = Chromium.MISSING)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class BrowserTests {

	private static final String VALLEY = "#-0.74548,0.11669,10.2";

	private static final Dimension WIDE = new Dimension(1440, 900);

	private final List<ChromeDriver> browsers = new ArrayList<>();

	@LocalServerPort
	private int port;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private WeakSet<Viewer> looking;

	@Autowired
	private HoldSwitch holdSwitch;

	@AfterAll
	void quitBrowsers() {
		this.browsers.forEach(ChromeDriver::quit);
	}

	@AfterEach
	void leave() {
		this.holdSwitch.setHolding(false);
		this.browsers.forEach((browser) -> browser.get("about:blank"));
		until(() -> collectedLive() == 0 && this.looking.isEmpty());
	}

	@Test
	void planeMovesByDragWheelAndKeyboard() {
		ChromeDriver browser = open("");
		screenshot(browser, "whole-set");
		assertThat(text(browser, "position")).startsWith("−0.6500 + 0.0000 i · 1×");
		until(() -> collectedLive() == mine(browser));
		assertThat(live()).isGreaterThan(5);

		int level = level(browser);
		WebElement plane = browser.findElement(By.id("plane"));
		new Actions(browser).dragAndDropBy(plane, 120, 80).perform();
		until(() -> !text(browser, "position").startsWith("−0.6500"));
		assertThat(text(browser, "position")).matches("−[01]\\.\\d+ \\+ 0\\.\\d+ i · 1×.*");

		new Actions(browser).scrollFromOrigin(WheelInput.ScrollOrigin.fromElement(plane), 0, -1200).perform();
		until(() -> level(browser) == level + 1);
		ready(browser);
		until(() -> browser.getCurrentUrl().contains("#-"));

		plane.sendKeys("+", "+", "+", "+", Keys.ARROW_LEFT, Keys.ARROW_UP);
		until(() -> level(browser) == level + 3);
		ready(browser);
		screenshot(browser, "moved");

		plane.sendKeys("0");
		until(() -> text(browser, "position").startsWith("−0.6500 + 0.0000 i · 1×"));
	}

	@Test
	void twoBrowsersShareTheInstancesWhichGoWhenBothHaveLeft() {
		ChromeDriver one = open(VALLEY);
		ChromeDriver two = open(1, VALLEY, WIDE);
		until(() -> text(one, "shared").equals(text(one, "mine")));
		until(() -> text(two, "tile").contains("held for 2 viewers"));
		until(() -> text(one, "tile").contains("held for 2 viewers"));
		until(() -> instance(two).equals(instance(one)));
		assertThat(instance(two)).matches("Tile .+: instance no. \\d+");
		until(() -> collectedLive() == mine(one) && collectedLive() == mine(two));
		double tiles = live();
		double purgedBefore = purged();
		until(() -> text(one, "live").equals(text(one, "mine")));
		assertThat(one.findElements(By.cssSelector("#viewers li"))).hasSizeGreaterThanOrEqualTo(2);
		one.findElement(By.id("frames")).click();
		screenshot(one, "shared-tiles");

		two.get("about:blank");
		until(() -> text(one, "shared").equals("0"));
		assertThat(live()).isEqualTo(tiles);

		one.get("about:blank");
		until(() -> collectedLive() == 0);
		until(() -> purged() == purgedBefore + tiles);
	}

	@Test
	void collectionTakesWhatNobodySeesAndFailingCallbacksAreCharted() {
		ChromeDriver browser = open(VALLEY);
		double errorsBefore = errors();
		browser.findElement(By.id("failing")).click();
		until(() -> "true".equals(browser.findElement(By.id("failing")).getDomAttribute("aria-checked")));
		browser.findElement(By.xpath("//nav/button[.='Elephants']")).click();
		until(() -> browser.getCurrentUrl().contains("#0.2885"));
		ready(browser);
		browser.findElement(By.id("collect")).click();
		until(() -> text(browser, "toast")
			.matches("The collector took \\d+ tiles? nobody was looking at\\.|Nothing to collect: .*"));
		until(() -> collectedLive() == mine(browser));
		until(() -> errors() > errorsBefore);
		until(() -> text(browser, "failed").equals((int) errors() + " failed so far"));
		until(() -> browser.findElement(By.cssSelector("#charts .chart:first-child b"))
			.getText()
			.equals(text(browser, "live")));
		screenshot(browser, "failing-callbacks");
		browser.findElement(By.id("failing")).click();
		until(() -> "false".equals(browser.findElement(By.id("failing")).getDomAttribute("aria-checked")));
	}

	@Test
	void heldTilesAreColoredAndFoundAgainAndOthersAreLostHits() {
		ChromeDriver browser = open(VALLEY);
		until(() -> text(browser, "held").matches("\\d+ lost hits?"));
		assertThat(heldColor(browser)).isZero();
		browser.findElement(By.id("hold")).click();
		until(() -> "true".equals(browser.findElement(By.id("hold")).getDomAttribute("aria-checked")));
		int before = mine(browser);
		fly(browser, "Elephants");
		System.gc();
		until(() -> figure(browser, "Live tiles", "only held") >= before);
		until(() -> heldColor(browser) > 20);
		until(() -> text(browser, "held").equals((int) held() + " held"));
		until(() -> figure(browser, "Live tiles", "in use") == mine(browser));
		screenshot(browser, "held-tiles");
		fly(browser, "Seahorse valley");
		assertThat(text(browser, "origins")).contains("0 rendered here");

		browser.findElement(By.id("hold")).click();
		until(() -> figure(browser, "Live tiles", "only held") == 0);
		assertThat(held()).isZero();
		double lost = lost();
		fly(browser, "Elephants");
		until(() -> collectedLive() == mine(browser));
		fly(browser, "Seahorse valley");
		until(() -> lost() >= lost + before);
		until(() -> text(browser, "held").equals((int) lost() + " lost hits"));
	}

	@Test
	void simulatedViewersComeAndGo() {
		ChromeDriver browser = open("#-0.65,0,3.5");
		for (int i = 0; i < 3; i++) {
			browser.findElement(By.id("add-viewer")).click();
		}
		until(() -> browser.findElements(By.xpath("//ul/li//span[starts-with(., 'Simulated viewer')]")).size() == 3);
		until(() -> live() > mine(browser));
		until(() -> !text(browser, "shared").equals("0"));
		screenshot(browser, "simulated-viewers");
		browser.findElement(By.id("dismiss")).click();
		until(() -> {
			System.gc();
			return browser.findElements(By.cssSelector("#viewers li")).size() == 1;
		});
	}

	@Test
	void plantedLeakIsWarnedOfExplainedAndRemoved(CapturedOutput output) {
		ChromeDriver browser = open("");
		browser.findElement(By.id("plant")).click();
		until(() -> text(browser, "leak-state").startsWith("The gallery is still open: "));
		until(Duration.ofMinutes(5),
				() -> text(browser, "leak-warning").startsWith("The log says\nWeak cache 'tiles' never shrinks: "));
		assertThat(output).contains(text(browser, "leak-warning").replace("The log says\n", ""));
		assertThat(collectedLive()).isGreaterThanOrEqualTo(1024);

		browser.findElement(By.id("leak-explain")).click();
		until(Duration.ofMinutes(5), () -> !browser.findElements(By.cssSelector("#leak-paths figure")).isEmpty());
		WebElement path = browser.findElement(By.cssSelector("#leak-paths figure"));
		assertThat(path.findElements(By.cssSelector("li b"))).extracting(WebElement::getText)
			.startsWith("CollectionRequests.LISTENERS", "CopyOnWriteArrayList.array", "Thumbnail.tile", "Tile.image")
			.hasSize(5)
			.last(InstanceOfAssertFactories.STRING)
			.matches("\\d+ tiles");
		screenshot(browser, "leak");

		browser.findElement(By.id("leak-remove")).click();
		until(() -> text(browser, "toast").matches("The collector took [\\d,]+ tiles? nobody was looking at\\."));
		until(() -> collectedLive() == mine(browser));
		assertThat(text(browser, "plant")).isEqualTo("Plant a leak");
	}

	private ChromeDriver open(String place) {
		return open(0, place, WIDE);
	}

	private ChromeDriver open(int number, String place, Dimension size) {
		if (number == this.browsers.size()) {
			this.browsers.add(Chromium.start(PageLoadStrategy.NORMAL));
		}
		ChromeDriver browser = this.browsers.get(number);
		browser.manage().window().setSize(size);
		browser.get("http://localhost:" + this.port + "/" + place);
		ready(browser);
		return browser;
	}

	private static void fly(ChromeDriver browser, String place) {
		String before = browser.getCurrentUrl();
		browser.findElement(By.xpath("//nav/button[.='%s']".formatted(place))).click();
		until(() -> !browser.getCurrentUrl().equals(before));
		ready(browser);
	}

	/**
	 * Return a figure above a chart.
	 */
	private static int figure(ChromeDriver browser, String chart, String name) {
		return Integer.parseInt(browser
			.findElement(By.xpath("//figure[h3='%s']//span[normalize-space(text())='%s']/b".formatted(chart, name)))
			.getText());
	}

	/**
	 * Return how many pixels of the chart of live tiles have the colour that its legend
	 * gives to those that are only held.
	 */
	private static long heldColor(ChromeDriver browser) {
		return (long) browser.executeScript(
				"""
						const chart = [...document.querySelectorAll('.chart')]
							.find((chart) => chart.querySelector('h3').textContent === 'Live tiles');
						const legend = [...chart.querySelectorAll('span')].find((span) => span.textContent.includes('only held'));
						const color = getComputedStyle(legend.querySelector('b')).color.match(/\\d+/g).map(Number);
						const canvas = chart.querySelector('canvas');
						const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
						let count = 0;
						for (let i = 0; i < data.length; i += 4) {
							count += data[i + 3] === 255 && color.every((value, j) => data[i + j] === value);
						}
						return count;""");
	}

	private static int level(ChromeDriver browser) {
		String position = text(browser, "position");
		return Integer.parseInt(position.substring(position.lastIndexOf(' ') + 1));
	}

	/**
	 * Return how many tiles the page says that it holds, which may be a second old.
	 */
	private static int mine(ChromeDriver browser) {
		return Integer.parseInt(text(browser, "mine"));
	}

	private double live() {
		return this.meters.get("weakref.live").tag("cache", "tiles").gauge().value();
	}

	private double collectedLive() {
		System.gc();
		return live();
	}

	private double purged() {
		return this.meters.get("weakref.purged").tag("cache", "tiles").functionCounter().count();
	}

	private double held() {
		return this.meters.get("weakref.held").tag("cache", "heldTiles").gauge().value();
	}

	private double lost() {
		return this.meters.get("weakref.hold.lost")
			.functionCounters()
			.stream()
			.mapToDouble(FunctionCounter::count)
			.sum();
	}

	private double errors() {
		return this.meters.get("weakref.callback.errors").functionCounter().count();
	}

	/** Return which instance a browser shows, without where it came from. */
	private static String instance(ChromeDriver browser) {
		return text(browser, "tile").split(",", 2)[0];
	}

}
