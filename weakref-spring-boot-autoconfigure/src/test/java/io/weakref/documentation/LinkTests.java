package io.weakref.documentation;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the links of all pages against the existing files and headings.
 */
class LinkTests {

	static Stream<Page> pages() {
		return Page.all().stream();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyLinkHasATarget(Page page) {
		assertThat(page.links()).allSatisfy((link) -> {
			String[] parts = link.split("#", 2);
			Path target = parts[0].isEmpty() ? page.path() : page.path().resolveSibling(parts[0]).normalize();
			assertThat(Page.ROOT.resolve(target)).exists();
			if (parts.length > 1) {
				assertThat(Page.read(target).anchors()).contains(parts[1]);
			}
		});
	}

	@Test
	void everyPageOfTheDocumentationIsLinkedFromTheReadme() {
		List<String> linked = Page.readme().links().stream().map((link) -> link.replaceFirst("#.*", "")).toList();
		assertThat(Page.all().stream().map(Page::path).filter((path) -> path.startsWith(Page.DOCS))).isNotEmpty()
			.allSatisfy((path) -> assertThat(linked).contains(path.toString()));
	}

}
