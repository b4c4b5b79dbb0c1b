package io.weakref.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.weakref.autoconfigure.InvalidWeakrefPropertiesException.Problem;
import io.weakref.autoconfigure.KnownProperties.Property;
import io.weakref.context.WeakCacheBuilder;
import io.weakref.context.WeakCacheDeclaration;
import io.weakref.context.WeakCacheKind;
import io.weakref.reference.ReferentCheck;
import io.weakref.reference.ReferentPolicy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/**
 * Binds {@code weakref} before there are beans, validates it, and makes declarations of
 * {@code weakref.caches}. Whatever is wrong is said with the property, where it is set
 * and what it may be.
 * <p>
 * As an advisor it gives the caches to {@link WeakrefProperties} when that becomes a
 * bean, so that both have the same.
 */
final class DeclaredCaches implements ConfigurationPropertiesBindHandlerAdvisor {

	private static final Log logger = LogFactory.getLog(DeclaredCaches.class);

	private static final ConfigurationPropertyName CACHES = ConfigurationPropertyName.of("weakref.caches");

	/** The name under which the options of one cache are bound. */
	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("cache");

	/** Callbacks wait for their thread rather than run in so many. */
	private static final int MOST_CALLBACK_THREADS = 1000;

	/**
	 * A table of so many entries takes up to eleven bytes for each before there is one.
	 */
	private static final int LEAST_BYTES_FOR_EACH_ENTRY = 32;

	private static final Option KEY_TYPE = new Option("key-type", List.of(WeakCacheKind.VALUES, WeakCacheKind.KEYS),
			WeakrefProperties.Cache::keyType);

	private static final Option VALUE_TYPE = new Option("value-type", List.of(WeakCacheKind.VALUES, WeakCacheKind.KEYS),
			WeakrefProperties.Cache::valueType);

	private static final Option ELEMENT_TYPE = new Option("element-type", List.of(WeakCacheKind.SET),
			WeakrefProperties.Cache::elementType);

	private static final Option KEY_MATCH = new Option("key-match", List.of(WeakCacheKind.KEYS, WeakCacheKind.SET),
			WeakrefProperties.Cache::keyMatch);

	private static final Option KEY_RETENTION = new Option("key-retention",
			List.of(WeakCacheKind.KEYS, WeakCacheKind.SET), WeakrefProperties.Cache::keyRetention);

	private final Environment environment;

	private final Map<String, WeakrefProperties.Cache> caches = new LinkedHashMap<>();

	DeclaredCaches(Environment environment) {
		this.environment = environment;
	}

	List<WeakCacheDeclaration> load(ClassLoader classLoader) {
		ConfiguredProperties configured = ConfiguredProperties.read(this.environment);
		WeakrefProperties properties = bind();
		validate(properties.getCleaner(), configured);
		if (!properties.getSpringCache().isEnabled() && !properties.getSpringCache().getCacheNames().isEmpty()) {
			logger.info("weakref.spring-cache.cache-names has no effect: "
					+ "there is no weakCacheManager unless weakref.spring-cache.enabled is true");
		}
		List<WeakCacheDeclaration> declarations = new ArrayList<>();
		for (ConfiguredProperties.Cache cache : configured.caches()) {
			WeakrefProperties.Cache options = bind(cache, classLoader);
			new Validation(cache, options, properties.getDefaults()).validate();
			this.caches.put(cache.name(), options);
			declarations.add(new WeakCacheDeclaration(cache.name(), options.kind(), types(options),
					cache.property(null), (builder) -> apply(options, builder)));
		}
		return declarations;
	}

	private WeakrefProperties bind() {
		try {
			return Binder.get(this.environment)
				.bindOrCreate(KnownProperties.PREFIX, Bindable.of(WeakrefProperties.class), apply(BindHandler.DEFAULT));
		}
		catch (BindException ex) {
			ConfigurationProperty property = ex.getProperty();
			String name = ((property != null) ? property.getName() : ex.getName()).toString();
			Object value = (property != null) ? property.getValue() : this.environment.getProperty(name);
			throw invalid(name, value, (property != null) ? property.getOrigin() : null,
					expectedForm(ex.getTarget().getType().resolve(Object.class)));
		}
	}

	/**
	 * Leave the caches to this, which has them already.
	 */
	@Override
	public BindHandler apply(BindHandler bindHandler) {
		return new AbstractBindHandler(bindHandler) {

			@Override
			@SuppressWarnings("unchecked")
			public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
					BindContext context) {
				if (name.equals(CACHES) && target.getValue() != null
						&& target.getValue().get() instanceof Map<?, ?> map) {
					((Map<String, WeakrefProperties.Cache>) map).putAll(DeclaredCaches.this.caches);
					return null;
				}
				return super.onStart(name, target, context);
			}

		};
	}

	private WeakrefProperties.Cache bind(ConfiguredProperties.Cache cache, ClassLoader classLoader) {
		Options options = new Options();
		cache.settings().forEach((option, setting) -> {
			if (option == null) {
				if (!setting.isEmpty()) {
					throw invalid(cache.property(null), setting.value(), setting.origin(),
							expectedForm(WeakrefProperties.Cache.class));
				}
				return;
			}
			Object value = setting.value();
			if (option.isOf(Class.class)) {
				try {
					value = ClassNames.load(this.environment.resolvePlaceholders(value.toString()), classLoader);
				}
				catch (IllegalArgumentException ex) {
					throw invalid(cache.property(option), value, setting.origin(),
							Objects.requireNonNull(ex.getMessage()));
				}
			}
			options.add(option, value, setting.origin());
		});
		try {
			return new Binder(List.of(options), new PropertySourcesPlaceholdersResolver(this.environment))
				.bindOrCreate(ROOT, Bindable.of(WeakrefProperties.Cache.class), BindHandler.DEFAULT);
		}
		catch (BindException ex) {
			ConfigurationProperty property = Objects.requireNonNull(ex.getProperty());
			throw invalid(cache.property(null) + "." + property.getName().subName(ROOT.getNumberOfElements()),
					property.getValue(), property.getOrigin(),
					expectedForm(ex.getTarget().getType().resolve(Object.class)));
		}
	}

	static String expectedForm(Class<?> type) {
		if (type.isEnum()) {
			return "It must be one of " + Arrays.stream(type.getEnumConstants())
				.map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", ")) + ".";
		}
		if (type == Integer.class || type == int.class) {
			return "It must be a whole number.";
		}
		if (type == Boolean.class || type == boolean.class) {
			return "It must be true or false.";
		}
		if (type == Duration.class) {
			return "It must be a duration, such as 5s or 500ms.";
		}
		if (type == WeakrefProperties.Cache.class) {
			return "It has no value of its own. Set the options of the cache, such as kind, below it, or write {}.";
		}
		return "It cannot be read as " + type.getSimpleName() + ".";
	}

	private static void validate(WeakrefProperties.Cleaner cleaner, ConfiguredProperties configured) {
		if (cleaner.getThreadName().isBlank()) {
			throw configured.invalid("weakref.cleaner.thread-name", "It must not be blank.");
		}
		if (cleaner.getCallbackThreads() < 1) {
			throw configured.invalid("weakref.cleaner.callback-threads", "It must be 1 or more.");
		}
		if (cleaner.getCallbackThreads() > MOST_CALLBACK_THREADS) {
			throw configured.invalid("weakref.cleaner.callback-threads",
					"It must be %d or less: each is a thread.".formatted(MOST_CALLBACK_THREADS));
		}
		if (cleaner.getShutdownTimeout().isNegative()) {
			throw configured.invalid("weakref.cleaner.shutdown-timeout",
					"It must not be negative. 0 interrupts callbacks at once.");
		}
	}

	private static List<Class<?>> types(WeakrefProperties.Cache cache) {
		List<Class<?>> types = new ArrayList<>();
		for (Option type : (cache.kind() == WeakCacheKind.SET) ? List.of(ELEMENT_TYPE)
				: List.of(KEY_TYPE, VALUE_TYPE)) {
			if (type.value.apply(cache) instanceof Class<?> declared) {
				types.add(declared);
			}
		}
		return types;
	}

	private static void apply(WeakrefProperties.Cache cache, WeakCacheBuilder builder) {
		PropertyMapper map = PropertyMapper.get();
		map.from(cache::initialCapacity).to(builder::initialCapacity);
		map.from(cache::recordStats).to(builder::recordStats);
		map.from(cache::referents).to(builder::referentPolicy);
		map.from(cache::keyMatch).to(builder::keyMatch);
		map.from(cache::keyRetention).to(builder::keyRetention);
	}

	private static InvalidWeakrefPropertiesException invalid(String property, @Nullable Object value,
			@Nullable Origin origin, String reason) {
		return new InvalidWeakrefPropertiesException(
				new Problem(property, Objects.requireNonNullElse(value, ""), origin, reason));
	}

	/**
	 * Validates the options of one cache.
	 */
	private record Validation(ConfiguredProperties.Cache configured, WeakrefProperties.Cache cache,
			WeakrefProperties.Defaults defaults) {

		void validate() {
			WeakCacheKind kind = this.cache.kind();
			for (Option option : List.of(KEY_TYPE, VALUE_TYPE, ELEMENT_TYPE, KEY_MATCH, KEY_RETENTION)) {
				if (option.value.apply(this.cache) != null && !option.kinds.contains(kind)) {
					throw refused(option.name,
							"A cache of kind %s has no %s, only %s. Remove it, or set %s.kind to one of those."
								.formatted(kind, option, kinds(option), this.configured.property(null)));
				}
			}
			validateCapacity(this.cache.initialCapacity());
			validateReferents((kind == WeakCacheKind.VALUES) ? VALUE_TYPE
					: (kind == WeakCacheKind.KEYS) ? KEY_TYPE : ELEMENT_TYPE);
		}

		private void validateCapacity(@Nullable Integer capacity) {
			if (capacity == null) {
				return;
			}
			if (capacity < 0) {
				throw refused("initial-capacity", "It must be 0 or more.");
			}
			long most = Runtime.getRuntime().maxMemory() / LEAST_BYTES_FOR_EACH_ENTRY;
			if (capacity > most) {
				throw refused("initial-capacity",
						"It must be %d or less: a larger table takes too much of the heap, which has %d MB at most."
							.formatted(most, Runtime.getRuntime().maxMemory() >> 20));
			}
		}

		private void validateReferents(Option weakSide) {
			ReferentPolicy policy = Objects.requireNonNullElse(this.cache.referents(), this.defaults.getReferents());
			if (policy == ReferentPolicy.STRICT && weakSide.value.apply(this.cache) instanceof Class<?> type) {
				String objection = ReferentCheck.objectionToAll(type);
				if (objection != null) {
					throw refused(weakSide.name,
							"With 'referents: strict' the cache would refuse each object of this class: %s. "
								.formatted(objection) + "Take another class, or 'referents: warn'.");
				}
			}
		}

		private static String kinds(Option option) {
			return option.kinds.stream().map("kind %s"::formatted).collect(Collectors.joining(" and "));
		}

		private InvalidWeakrefPropertiesException refused(String option, String reason) {
			ConfiguredProperties.Setting setting = this.configured.setting(option);
			return invalid(this.configured.property(null) + "." + option, setting.value(), setting.origin(), reason);
		}

	}

	/**
	 * An option that not every kind has.
	 */
	private record Option(String name, List<WeakCacheKind> kinds,
			Function<WeakrefProperties.Cache, @Nullable Object> value) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * The options of one cache, to be bound.
	 */
	private static final class Options implements ConfigurationPropertySource {

		private final Map<ConfigurationPropertyName, ConfigurationProperty> properties = new LinkedHashMap<>();

		private void add(Property option, Object value, @Nullable Origin origin) {
			ConfigurationPropertyName name = ROOT.append(option.lastElement());
			this.properties.put(name, new ConfigurationProperty(name, value, origin));
		}

		@Override
		public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
			return this.properties.get(name);
		}

		@Override
		public ConfigurationPropertyState containsDescendantOf(ConfigurationPropertyName name) {
			return name.equals(ROOT) ? ConfigurationPropertyState.PRESENT : ConfigurationPropertyState.ABSENT;
		}

	}

}
