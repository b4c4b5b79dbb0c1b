package io.weakref.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.PageLoadStrategy;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * Chromium as Debian installs it, for tests of the page. Screenshots stay in
 * {@code target/screenshots}.
 */
final class Chromium {

	/** Why a test that is enabled if {@link #isExpected} was skipped. */
	static final String MISSING = "Chromium and ChromeDriver are not installed as /usr/bin/chromium and /usr/bin/chromedriver "
			+ "(Debian: apt-get install chromium chromium-driver)";

	private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

	private static final Path CHROME_DRIVER = Path.of("/usr/bin/chromedriver");

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	private Chromium() {
	}

	/**
	 * Return whether to run the tests that need the browser: where there is one, and with
	 * {@code -Dbrowser.required=true} in any case.
	 */
	static boolean isExpected() {
		return Boolean.getBoolean("browser.required") || (Files.exists(CHROMIUM) && Files.exists(CHROME_DRIVER));
	}

	static ChromeDriver start(PageLoadStrategy strategy) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(CHROMIUM.toFile());
		options.setPageLoadStrategy(strategy);
		options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync");
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(CHROME_DRIVER.toFile())
			.build();
		return new ChromeDriver(service, options);
	}

	/**
	 * Wait until every tile in view has arrived and the server holds it.
	 */
	static void ready(ChromeDriver browser) {
		until(() -> "0".equals(browser.findElement(By.tagName("body")).getDomAttribute("data-missing"))
				&& !text(browser, "mine").matches("–|0"));
		until(() -> text(browser, "tile").contains("held for"));
	}

	static String text(ChromeDriver browser, String id) {
		return browser.findElement(By.id(id)).getText();
	}

	static void screenshot(ChromeDriver browser, String name) {
		try {
			Files.createDirectories(SCREENSHOTS);
			Files.write(SCREENSHOTS.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static void until(BooleanSupplier condition) {
		until(Duration.ofSeconds(60), condition);
	}

	static void until(Duration atMost, BooleanSupplier condition) {
		Awaitility.await()
			.atMost(atMost)
			.pollInterval(Duration.ofMillis(100))
			.ignoreExceptions()
			.until(condition::getAsBoolean);
	}

}
