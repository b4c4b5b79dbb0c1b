package io.weakref.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

import io.weakref.autoconfigure.near.NearCacheProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * The properties that exist below {@code weakref}, as a tree. The tree is recorded from
 * the names that Boot's binder looks up when it binds the properties classes, so a new
 * property of one of them is known automatically.
 */
final class KnownProperties {

	static final String PREFIX = "weakref";

	/**
	 * The classes that bind properties below {@code weakref}. Add a new one here.
	 */
	static final List<Class<?>> CLASSES = List.of(WeakrefProperties.class, NearCacheProperties.class);

	/** Stands for the name of an entry in a map. */
	private static final String ENTRY = "any";

	private KnownProperties() {
	}

	static Property load() {
		Property root = new Property(PREFIX);
		for (Class<?> type : CLASSES) {
			String prefix = MergedAnnotations.from(type)
				.get(ConfigurationProperties.class)
				.getString(MergedAnnotation.VALUE);
			new Binder(new Everything()).bind(prefix, Bindable.of(type), new Recorder(root, type));
		}
		return root;
	}

	/**
	 * Return the candidate that is most similar to a name, or null if none is similar.
	 */
	static @Nullable String nearest(String name, Collection<String> candidates) {
		String wanted = uniform(name);
		String nearest = null;
		int least = wanted.length() / 3 + 1;
		for (String candidate : candidates) {
			String other = uniform(candidate);
			boolean contained = Math.min(wanted.length(), other.length()) > 3
					&& (other.contains(wanted) || wanted.contains(other));
			int distance = contained ? 1 : distance(wanted, other);
			if (distance < least || (distance == least && nearest == null)) {
				nearest = candidate;
				least = distance;
			}
		}
		return nearest;
	}

	/**
	 * Return the uniform form of a name: lower case, without dashes and underscores.
	 */
	static String uniform(String name) {
		return name.codePoints()
			.filter(Character::isLetterOrDigit)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString()
			.toLowerCase(Locale.ROOT);
	}

	/**
	 * Return how many characters must be added, removed or replaced to turn one into the
	 * other.
	 */
	private static int distance(String one, String other) {
		int[] distances = new int[other.length() + 1];
		for (int j = 0; j <= other.length(); j++) {
			distances[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = distances[0];
			distances[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int replaced = diagonal + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				diagonal = distances[j];
				distances[j] = Math.min(replaced, Math.min(distances[j], distances[j - 1]) + 1);
			}
		}
		return distances[other.length()];
	}

	/**
	 * A property, a group of properties or a map of such groups.
	 */
	static final class Property {

		private final String name;

		private final Map<String, Property> children = new TreeMap<>();

		private @Nullable Property entry;

		private @Nullable ResolvableType type;

		private Property(String name) {
			this.name = name;
		}

		/**
		 * Return the whole name.
		 */
		String name() {
			return this.name;
		}

		/**
		 * Return the properties of a group by the last element of their names.
		 */
		Map<String, Property> children() {
			return this.children;
		}

		@Nullable Property child(String element) {
			String wanted = uniform(element);
			return this.children.entrySet()
				.stream()
				.filter((child) -> uniform(child.getKey()).equals(wanted))
				.map(Map.Entry::getValue)
				.findFirst()
				.orElse(null);
		}

		/**
		 * Return the group that describes each entry of a map, or null if this is not a
		 * map.
		 */
		@Nullable Property entry() {
			return this.entry;
		}

		/**
		 * Return the type of the value, or null if this has no value.
		 */
		@Nullable ResolvableType type() {
			return this.type;
		}

		boolean isOf(Class<?> supertype) {
			return this.type != null && supertype.isAssignableFrom(this.type.resolve(Object.class));
		}

		/**
		 * Return the property at the path of the given elements, or null.
		 */
		@Nullable Property find(int from, int to, IntFunction<String> elements) {
			Property property = this;
			for (int i = from; property != null && i < to; i++) {
				property = property.child(elements.apply(i));
			}
			return property;
		}

		String lastElement() {
			return this.name.substring(this.name.lastIndexOf('.') + 1);
		}

		String list() {
			return this.children.keySet().stream().collect(Collectors.joining(", "));
		}

		/**
		 * Return this property and all below it that have a value.
		 */
		List<Property> values() {
			List<Property> values = new ArrayList<>();
			if (this.type != null) {
				values.add(this);
			}
			this.children.values().forEach((child) -> values.addAll(child.values()));
			return values;
		}

		private Property at(ConfigurationPropertyName name) {
			Property property = this;
			for (int i = 1; i < name.getNumberOfElements(); i++) {
				String element = name.getElement(i, Form.DASHED);
				String childName = property.name + "." + element;
				property = (property.entry != null) ? property.entry
						: property.children.computeIfAbsent(element, (key) -> new Property(childName));
			}
			return property;
		}

	}

	/**
	 * Records the names that the binder looks up, and lets it descend only into groups.
	 */
	private static final class Recorder extends AbstractBindHandler {

		private final Property root;

		private final Class<?> properties;

		private Recorder(Property root, Class<?> properties) {
			this.root = root;
			this.properties = properties;
		}

		@Override
		public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
				BindContext context) {
			Property property = this.root.at(name);
			Class<?> type = target.getType().resolve(Object.class);
			if (Map.class.isAssignableFrom(type)) {
				property.entry = new Property(property.name + ".<name>");
				context.getBinder().bind(name.append(ENTRY), Bindable.of(target.getType().asMap().getGeneric(1)), this);
				return null;
			}
			if (isGroup(target, type)) {
				return target;
			}
			property.type = target.getType();
			return null;
		}

		/**
		 * Return whether a type is a group by the rule of Boot's annotation processor: it
		 * is nested in the properties class, or the property is annotated.
		 */
		private boolean isGroup(Bindable<?> target, Class<?> type) {
			Class<?> outermost = type;
			while (outermost.getEnclosingClass() != null) {
				outermost = Objects.requireNonNull(outermost.getEnclosingClass());
			}
			return (outermost == this.properties && !type.isEnum())
					|| target.getAnnotation(NestedConfigurationProperty.class) != null;
		}

	}

	/**
	 * Has no values, but makes the binder visit every property.
	 */
	private static final class Everything implements ConfigurationPropertySource {

		@Override
		public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
			return null;
		}

		@Override
		public ConfigurationPropertyState containsDescendantOf(ConfigurationPropertyName name) {
			return ConfigurationPropertyState.PRESENT;
		}

	}

}
