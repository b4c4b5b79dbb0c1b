package io.weakref.documentation;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the structure of the README.
 */
class ReadmeTests {

	private final Page readme = Page.readme();

	@Test
	void isShort() {
		assertThat(this.readme.text().lines().count()).isLessThanOrEqualTo(250);
	}

	@Test
	void sectionsAreInTheOrderInWhichAReaderNeedsThem() {
		assertThat(this.readme.anchors().stream().skip(1)).containsExactly("what-it-is-not", "install", "first-use",
				"which-one", "recipes", "what-may-surprise", "testing", "properties", "meters", "comparison", "figures",
				"compatibility", "where-the-rest-is");
	}

	@Test
	void sectionsAreInTheOrderOfTheTableOfContents() {
		String head = this.readme.text().substring(0, this.readme.text().indexOf("\n## "));
		List<String> contents = new Page(this.readme.path(), head).links();
		assertThat(this.readme.anchors().stream().skip(1).map((anchor) -> "#" + anchor)).isEqualTo(contents);
	}

	@Test
	void sixRowsOfFiguresAreFromThePerformancePageAndAreWrittenByTheBenchmarks() {
		Page performance = Page.named("performance.md");
		List<List<String>> measured = new ArrayList<>(performance.rows("time / by hand, lower is better"));
		measured.addAll(performance.rows("beside it, / by hand"));
		assertThat(this.readme.rows("time and memory / by hand, lower is better")).hasSize(6)
			.allSatisfy((row) -> assertThat(measured).contains(row));
		String generator = Page.read(Page.DOCS.resolve("../jmh/java/io/weakref/benchmark/PageTables.java")).text();
		assertThat(measured).allSatisfy((row) -> assertThat(generator).contains('"' + row.get(0) + '"'));
	}

}
