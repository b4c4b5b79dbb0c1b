package io.weakref.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param path its path, relative to the root of the project
 * @param text its Markdown
 */
record Page(Path path, String text) {

	/** The root of the project, from the directory of the module. */
	static final Path ROOT = Path.of("..");

	static final Path DOCS = Path.of("weakref-spring-boot-autoconfigure/src/docs");

	/** Fenced code, which contains neither links nor headings. */
	private static final String CODE = "(?ms)^```.*?^```$";

	static Page readme() {
		return read(Path.of("README.md"));
	}

	static Page named(String name) {
		return read(DOCS.resolve(name));
	}

	/** Return every page that exists, so that a new one is checked like the others. */
	static List<Page> all() {
		try (Stream<Path> files = Files.find(ROOT, 9,
				(file, attributes) -> file.toString().endsWith(".md") && isSource(file))) {
			return files.sorted().map(ROOT::relativize).map(Page::read).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isSource(Path file) {
		for (Path part : ROOT.relativize(file)) {
			if (part.toString().equals("target") || part.toString().equals(".git")) {
				return false;
			}
		}
		return true;
	}

	/** Read a page, or another file. */
	static Page read(Path path) {
		try {
			return new Page(path, Files.readString(ROOT.resolve(path)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return the code blocks in a language. */
	List<String> code(String language) {
		return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
			.matcher(this.text)
			.results()
			.map((match) -> match.group(1))
			.toList();
	}

	/** Return the headings outside code blocks. */
	List<String> headings() {
		return matches(prose(), "(?m)^#+ .*$").map((heading) -> heading.replaceFirst("^#+ ", "")).toList();
	}

	/** Return the anchors that GitHub generates for the headings. */
	List<String> anchors() {
		return headings().stream()
			.map((heading) -> heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-'))
			.toList();
	}

	/** Return the targets of the links within this project. */
	List<String> links() {
		return matches(prose(), "\\]\\((?!https?:)[^)]+\\)").map((link) -> link.substring(2, link.length() - 1))
			.toList();
	}

	/** Return the rows of all tables whose first column has the given heading. */
	List<List<String>> rows(String firstColumn) {
		return matches(this.text, "(?m)^\\| " + Pattern.quote(firstColumn) + " \\|.*\n\\|[-|]+\\|\n(\\|.*\n?)*")
			.flatMap((table) -> table.lines().skip(2))
			.map((row) -> Arrays.stream(row.substring(1, row.length() - 1).split("\\|", -1))
				.map(String::strip)
				.toList())
			.toList();
	}

	private String prose() {
		return this.text.replaceAll(CODE, "");
	}

	/** Return the code spans in a text. */
	static List<String> codes(String text) {
		return matches(text, "`[^`]+`").map((code) -> code.substring(1, code.length() - 1)).toList();
	}

	static Stream<String> matches(String text, String pattern) {
		return Pattern.compile(pattern).matcher(text).results().map(MatchResult::group);
	}

	static String find(String text, String pattern) {
		return matches(text, pattern).findFirst().orElseThrow(() -> new AssertionError("Nothing like " + pattern));
	}

	/** Return a text without differences in formatting. */
	static String normalized(String text) {
		return text.replaceAll("\\s+", " ").strip();
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
