package io.weakref.documentation;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the tables of properties on all pages against the properties that exist.
 */
class PropertyTableTests {

	@Test
	void everyPropertyIsInATableWithItsDefaultAndEveryPropertyInATableExists() {
		Map<String, @Nullable Object> metadata = Metadata.defaults();
		Set<String> listed = new TreeSet<>();
		for (Page page : Page.all()) {
			Map<String, String> table = new TreeMap<>();
			for (List<String> row : page.rows("property")) {
				String prefix = "";
				for (String code : Page.codes(row.get(0))) {
					String name = code.startsWith(".") ? prefix + code : code.replace("<name>", "*");
					prefix = name.substring(0, name.lastIndexOf('.'));
					assertThat(table.put(name, row.get(1))).as("%s twice in %s", name, page).isNull();
				}
			}
			assertThat(metadata.keySet()).as(page.toString()).containsAll(table.keySet());
			assertThat(table).as(page.toString()).allSatisfy((name, cell) -> {
				if (!cell.startsWith("as ")) {
					assertThat(Page.codes(cell)).isEqualTo(defaultOf(metadata.get(name)));
				}
			});
			listed.addAll(table.keySet());
		}
		assertThat(listed).isEqualTo(metadata.keySet());
	}

	private static List<String> defaultOf(@Nullable Object value) {
		return (value == null || value.equals(List.of())) ? List.of() : List.of(Objects.toString(value));
	}

}
