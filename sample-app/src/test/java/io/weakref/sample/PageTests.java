package io.weakref.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.PageLoadStrategy;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.ClassPathResource;

import static io.weakref.sample.Chromium.ready;
import static io.weakref.sample.Chromium.screenshot;
import static io.weakref.sample.Chromium.text;
import static io.weakref.sample.Chromium.until;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the page looks, measured on screens of all sizes and densities.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@EnabledIf(value = "io.weakref.sample.Chromium#isExpected", disabledReason = Chromium.MISSING)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("slow")
class PageTests {

	/** What the server says of a leak, with names as long as they get. */
	private static final Map<String, String> LEAK = Map.of("api/leak",
			"""
					{"cache": "tiles", "planted": true, "tiles": 1024, "held": 1024, "outlived": 12, "warning": "Weak cache 'tiles' never shrinks: \
					it has 1024 entries, and in the last 5 old garbage collections none of them has died, so something else \
					holds them. Call the actuator endpoint 'weakretention' to find out what: POST /actuator/weakretention/tiles \
					(it needs 'management.endpoint.weakretention.access=unrestricted' and web exposure)."}""",
			"actuator/weakretention/tiles", "", "actuator/weakretention",
			"""
					{"state": "done", "cache": "tiles", "live": 4211, "examined": 1000, "dumpBytes": 402570749, "paths": [
					{"entries": 970, "root": {"kind": "static",
					"description": "static field com.acme.a_package_with_a_long_name.Sessions.OPEN"},
					"steps": ["com.acme.a_package_with_a_long_name.Sessions.OPEN", "java.util.HashMap$Node.value",
					"com.acme.Session.tile"]},
					{"entries": 30, "root": {"kind": "local", "description":
					"local variable of com.acme.AbstractRendererOfTilesWithALongName.run:96 in thread \\"renderer-1\\""},
					"steps": ["java.util.concurrent.ConcurrentSkipListMapWithAnEvenLongerName$NodeOfIt.value"],
					"note": "the value reaches its key"}]}""");

	@LocalServerPort
	private int port;

	private ChromeDriver browser;

	private boolean open;

	private String contrast = "less";

	@BeforeAll
	void startBrowser() throws IOException {
		this.browser = Chromium.start(PageLoadStrategy.NONE);
		command("Page.addScriptToEvaluateOnNewDocument",
				Map.of("source", new ClassPathResource("measuring.js").getContentAsString(StandardCharsets.UTF_8)));
		command("Network.enable", Map.of());
		command("Network.setCacheDisabled", Map.of("cacheDisabled", true));
	}

	@AfterAll
	void quitBrowser() {
		leave();
		this.browser.quit();
	}

	@ParameterizedTest
	@CsvSource({ "1400, 900, 1", "1400, 900, 3", "1366, 768, 1", "1366, 768, 3", "1280, 600, 1", "1280, 600, 3",
			"1024, 600, 1", "844, 390, 1", "844, 390, 3", "768, 1024, 1", "667, 375, 2", "568, 320, 1", "390, 844, 1",
			"390, 844, 3", "320, 568, 1", "320, 568, 3" })
	void everyControlCanBeReachedAndNoTextIsCutOff(int width, int height, int density) {
		open(width, height, density);
		screenshot(this.browser, "page-%dx%d@%d".formatted(width, height, density));
		assertThat(measure("measuring.outOfReach()")).isEmpty();
		assertThat(measure("measuring.cutOff()")).isEmpty();
		assertThat(size("#plane", "clientWidth")).isGreaterThanOrEqualTo(width / 2);
		assertThat(size("#plane", "clientHeight")).isGreaterThanOrEqualTo(height / 2);
	}

	@ParameterizedTest
	@CsvSource({ "1400, 900", "390, 844" })
	void everyTextStandsOutWhateverThePlaneShows(int width, int height) {
		open(width, height, 1);
		press("frames");
		press("hold");
		until(() -> text(this.browser, "held").matches("\\d+ held"));
		this.browser.findElement(By.id("add-viewer")).click();
		until(() -> this.browser.findElements(By.cssSelector("#viewers li")).size() > 1);
		until(() -> !measure("measuring.labels()").isEmpty());
		assertThat(measure("measuring.pale()")).isEmpty();
		assertThat(violations()).isEmpty();
		press("frames");
		press("hold");
		until(() -> text(this.browser, "held").matches("\\d+ lost hits?"));
		this.browser.findElement(By.id("dismiss")).click();
	}

	@Test
	void colorOfEveryViewerStandsOut() {
		open(1400, 900, 1);
		assertThat(call("""
				import('./painter.js').then(({ hue, GROUND }) => Array.from({ length: 360 }, (_, i) => hue(i + 1))
					.filter((color) => ['white', 'black']
						.some((plane) => measuring.contrast(color, 1, [[plane, 1], [GROUND, 1]]) < 4.5)))"""))
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 1 })
	void planeAndLabelsOfAxesAreAsLargeOnEveryScreen(int density) {
		open(390, 844, density);
		until(() -> size("#plane", "width") == density * size("#plane", "clientWidth"));
		measure("measuring.chartFonts()");
		List<Object> fonts = new ArrayList<>();
		until(() -> fonts.addAll(measure("measuring.chartFonts()")));
		assertThat(fonts).containsExactly(11L * density);
	}

	@ParameterizedTest
	@CsvSource({ "1400, 900", "1366, 768", "1280, 600", "844, 390", "390, 844", "320, 568" })
	void pageIsAccessible(int width, int height) {
		open(width, height, 1);
		assertThat(violations()).isEmpty();
	}

	private List<?> violations() {
		return call("""
				new Promise((loaded) => {
					const script = document.createElement('script');
					script.src = 'webjars/axe-core/axe.min.js';
					script.onload = loaded;
					document.head.append(script);
				})
				.then(() => axe.run({ rules: { 'target-size': { enabled: true } } }))
				.then(({ violations, passes }) => passes.length ? violations.flatMap(({ id, help, nodes }) =>
					nodes.map(({ html }) => `${id}: ${help}: ${html}`)) : ['axe checked nothing'])""");
	}

	@ParameterizedTest
	@CsvSource({ "1400, 900", "1366, 768", "1280, 600", "844, 390", "390, 844", "320, 568" })
	void dialogAboutALeakFitsStandsOutAndIsAccessible(int width, int height) {
		open(width, height, 1);
		pretend(LEAK);
		press("plant");
		until(() -> !text(this.browser, "leak-warning").isEmpty());
		press("leak-explain");
		until(() -> this.browser.findElements(By.cssSelector("#leak-paths figure")).size() == 2);
		screenshot(this.browser, "leak-%dx%d".formatted(width, height));
		assertThat(measure("measuring.outOfReach()")).isEmpty();
		assertThat(measure("measuring.cutOff()")).isEmpty();
		assertThat(measure("measuring.pale()")).isEmpty();
		assertThat(violations()).isEmpty();
		press("leak-close");
	}

	@Test
	void chainLeadsFromTheRootToTheTiles() {
		open(1400, 900, 1);
		pretend(LEAK);
		press("plant");
		press("leak-explain");
		until(() -> this.browser.findElements(By.cssSelector("#leak-paths figure")).size() == 2);
		WebElement first = this.browser.findElement(By.cssSelector("#leak-paths figure"));
		assertThat(first.findElement(By.tagName("figcaption")).getText()).isEqualTo("970 tiles");
		assertThat(first.findElements(By.tagName("li"))).extracting(WebElement::getText)
			.containsExactly("Static field\nSessions.OPEN\ncom.acme.a_package_with_a_long_name",
					"HashMap$Node.value\njava.util", "Session.tile\ncom.acme", "970 tiles");
		assertThat(text(this.browser, "leak-asking"))
			.isEqualTo("Looked up in a heap dump, which is deleted again: 1,000 of 4,211 tiles.");
		press("leak-close");
	}

	@Test
	void dialogSaysWhyThereIsNoAnswer() {
		open(1400, 900, 1);
		pretend(Map.of("api/leak", LEAK.get("api/leak"), "actuator/weakretention/tiles", "", "actuator/weakretention",
				"""
						{"state": "failed", "cache": "tiles", "error": "This JVM cannot write heap dumps."}"""));
		press("plant");
		press("leak-explain");
		until(() -> text(this.browser, "leak-asking").equals("This JVM cannot write heap dumps."));
		assertThat(this.browser.findElement(By.id("leak-explain")).isEnabled()).isTrue();
		press("leak-close");
	}

	@Test
	void pageSaysThatItIsLoadingBeforeAnyOtherFileHasArrived() {
		show(320, 568, 1);
		command("Fetch.enable",
				Map.of("patterns", List.of(Map.of("urlPattern", "*.js"), Map.of("urlPattern", "*.css"))));
		get();
		until(() -> !notice().getText().isEmpty());
		until(() -> measure("performance.getEntriesByName('first-contentful-paint')").size() == 1);
		assertThat(notice().getText()).isEqualTo("The explorer is loading …");
		screenshot(this.browser, "loading");
		command("Fetch.disable", Map.of());
		ready(this.browser);
		assertThat(this.browser.findElements(By.className("notice"))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "app.js", "view.js", "uPlot.iife.min.js" })
	void pageSaysThatItCouldNotBeLoaded(String missing) {
		show(320, 568, 1);
		command("Network.setBlockedURLs", Map.of("urls", List.of("*" + missing)));
		get();
		until(() -> notice().getText().equals("A part of the page could not be loaded. Please reload it."));
		command("Network.setBlockedURLs", Map.of("urls", List.of()));
	}

	@Test
	void pageSaysThatItNeedsJavaScript() {
		show(320, 568, 1);
		command("Emulation.setScriptExecutionDisabled", Map.of("value", true));
		get();
		until(() -> !notice().getText().isEmpty());
		assertThat(this.browser.findElement(By.tagName("body")).getText()).isEqualTo(
				"The explorer needs JavaScript, which is off in this browser. Please switch it on and reload the page.");
		screenshot(this.browser, "without-javascript");
		command("Emulation.setScriptExecutionDisabled", Map.of("value", false));
	}

	/**
	 * Show the page, which stays open from one test to the next, on another screen.
	 */
	private void open(int width, int height, int density) {
		show(width, height, density);
		if (!this.open) {
			get();
			ready(this.browser);
			this.open = true;
		}
		pretend(Map.of());
		this.browser.executeScript("document.querySelector('dialog[open]')?.close()");
		until(() -> measure("[innerWidth, innerHeight, devicePixelRatio]")
			.equals(List.of((long) width, (long) height, (long) density)));
		call("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done([]))))");
	}

	private void get() {
		leave();
		this.browser.get("http://localhost:" + this.port + "/");
	}

	@AfterEach
	void leaveUnlessOpen() {
		if (!this.open) {
			leave();
		}
	}

	private void leave() {
		this.open = false;
		this.browser.get("about:blank");
		until(() -> "about:blank".equals(this.browser.getCurrentUrl()));
	}

	/**
	 * Emulate a screen. That its density has changed is noticed, only together with
	 * another change, so something nobody asks for is changed, too.
	 */
	private void show(int width, int height, int density) {
		command("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", density, "mobile", false));
		this.contrast = this.contrast.equals("more") ? "less" : "more";
		command("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-contrast", "value", this.contrast))));
	}

	/**
	 * Have the page read some answers of the server here, and no others.
	 * @param answers the bodies by path
	 */
	private void pretend(Map<String, String> answers) {
		this.browser.executeScript("""
				window.realFetch ??= window.fetch;
				const answers = arguments[0];
				window.fetch = (path, ...rest) => path in answers
					? Promise.resolve(new Response(answers[path])) : window.realFetch(path, ...rest);""", answers);
	}

	private void press(String id) {
		this.browser.findElement(By.id(id)).click();
	}

	private WebElement notice() {
		return this.browser.findElements(By.className("notice"))
			.stream()
			.filter(WebElement::isDisplayed)
			.findFirst()
			.orElseThrow();
	}

	private int size(String selector, String property) {
		Object size = this.browser.executeScript("return document.querySelector(arguments[0])[arguments[1]]", selector,
				property);
		return Math.toIntExact((Long) size);
	}

	private List<?> measure(String expression) {
		return (List<?>) this.browser.executeScript("return " + expression);
	}

	private List<?> call(String promise) {
		return (List<?>) this.browser.executeAsyncScript("const done = arguments[0];" + promise + ".then(done)");
	}

	private void command(String name, Map<String, Object> parameters) {
		this.browser.executeCdpCommand(name, parameters);
	}

}
