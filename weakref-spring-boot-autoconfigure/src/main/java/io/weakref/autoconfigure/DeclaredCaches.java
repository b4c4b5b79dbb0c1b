package io.weakref.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.weakref.autoconfigure.InvalidWeakrefPropertiesException.Problem;
import io.weakref.autoconfigure.KnownProperties.Property;
import io.weakref.collection.WeakCacheKind;
import io.weakref.context.WeakCacheDeclaration;
import io.weakref.reference.ReferentCheck;
import io.weakref.reference.ReferentPolicy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
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
 * Binds the properties below {@code weakref} before any bean is created, validates them,
 * and turns {@code weakref.caches} into declarations. An error names the property, where
 * it is set and what is allowed.
 * <p>
 * As a bind handler advisor it passes the same caches to {@link WeakrefProperties} when
 * that bean is created.
 */
final class DeclaredCaches implements ConfigurationPropertiesBindHandlerAdvisor {

	private static final Log logger = LogFactory.getLog(DeclaredCaches.class);

	private static final ConfigurationPropertyName CACHES = ConfigurationPropertyName.of("weakref.caches");

	/** The name under which the options of one cache are bound. */
	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("cache");

	/** With more threads than this, callbacks should rather queue. */
	private static final int MOST_CALLBACK_THREADS = 1000;

	private static final String POSITIVE_TIME = "It must be longer than 0, such as 10m.";

	/**
	 * An empty table takes up to eleven bytes for each entry of its initial capacity, so
	 * this leaves most of the heap free.
	 */
	private static final int LEAST_BYTES_FOR_EACH_ENTRY = 32;

	private final Environment environment;

	private final Map<String, WeakrefProperties.Cache> caches = new LinkedHashMap<>();

	DeclaredCaches(Environment environment) {
		this.environment = environment;
	}

	List<WeakCacheDeclaration> load(ClassLoader classLoader) {
		ConfiguredProperties configured = ConfiguredProperties.read(this.environment);
		WeakrefProperties properties = bind();
		validate(properties.getCleaner(), configured);
		validate(properties.getDefaults(), configured);
		if (!properties.getSpringCache().isEnabled() && !properties.getSpringCache().getCacheNames().isEmpty()) {
			logger.info("weakref.spring-cache.cache-names has no effect: "
					+ "weakCacheManager exists only if weakref.spring-cache.enabled is true");
		}
		List<WeakCacheDeclaration> declarations = new ArrayList<>();
		for (ConfiguredProperties.Cache cache : configured.caches()) {
			WeakrefProperties.Cache options = bind(cache, classLoader);
			new Validation(cache, options, properties.getDefaults()).validate();
			this.caches.put(cache.name(), options);
			declarations.add(new WeakCacheDeclaration(cache.name(), options.kind(), types(options),
					cache.property(null), (builder) -> CacheOption.apply(options, builder)));
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
	 * Skip the caches, which are bound already.
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
			return "It has no value of its own. Set the options of the cache, such as kind, below it, or write {} for none.";
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
					"It must be %d or less.".formatted(MOST_CALLBACK_THREADS));
		}
		if (cleaner.getShutdownTimeout().isNegative()) {
			throw configured.invalid("weakref.cleaner.shutdown-timeout",
					"It must not be negative. 0 interrupts callbacks immediately.");
		}
	}

	private static void validate(WeakrefProperties.Defaults defaults, ConfiguredProperties configured) {
		Duration holdFor = defaults.getHoldFor();
		if (holdFor != null && !isPositive(holdFor)) {
			throw configured.invalid("weakref.defaults.hold-for", POSITIVE_TIME);
		}
		Integer holdMax = defaults.getHoldMax();
		if (holdMax != null && holdMax < 1) {
			throw configured.invalid("weakref.defaults.hold-max", "It must be 1 or more.");
		}
	}

	private static boolean isPositive(Duration duration) {
		return !duration.isNegative() && !duration.isZero();
	}

	private static List<Class<?>> types(WeakrefProperties.Cache cache) {
		List<Class<?>> types = new ArrayList<>();
		for (String property : cache.kind().typeProperties()) {
			Class<?> type = type(cache, property);
			if (type != null) {
				types.add(type);
			}
		}
		return types;
	}

	private static @Nullable Class<?> type(WeakrefProperties.Cache cache, String property) {
		return switch (property) {
			case "key-type" -> cache.keyType();
			case "value-type" -> cache.valueType();
			case "element-type" -> cache.elementType();
			default -> throw new IllegalArgumentException("A cache has no property '%s'".formatted(property));
		};
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
			Arrays.stream(WeakCacheKind.values())
				.flatMap((kind) -> kind.typeProperties().stream())
				.distinct()
				.forEach((property) -> validateKind(property, type(this.cache, property),
						(kind) -> kind.typeProperties().contains(property)));
			CacheOption.ALL
				.forEach((option) -> validateKind(option.name(), option.value(this.cache), option::isOptionOf));
			validateCapacity(this.cache.initialCapacity());
			if (this.cache.holdFor() != null && !isPositive(this.cache.holdFor())) {
				throw refused("hold-for", POSITIVE_TIME);
			}
			if (this.cache.holdMax() != null && this.cache.holdMax() < 1) {
				throw refused("hold-max", "It must be 1 or more.");
			}
			validateReferents(weakSide(this.cache.kind()));
		}

		private void validateKind(String property, @Nullable Object value, Predicate<WeakCacheKind> isPropertyOf) {
			WeakCacheKind kind = this.cache.kind();
			if (value != null && !isPropertyOf.test(kind)) {
				List<String> kinds = Arrays.stream(WeakCacheKind.values())
					.filter(isPropertyOf)
					.map(WeakCacheKind::toString)
					.toList();
				throw refused(property,
						"A cache of kind %s has no %s, only kind %s. Remove it, or set %s.kind to %s.".formatted(kind,
								property, String.join(" and kind ", kinds), this.configured.property(null),
								String.join(" or ", kinds)));
			}
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
						"It must be %d or less: a larger table takes too much of the heap, whose maximum size is %d MB."
							.formatted(most, Runtime.getRuntime().maxMemory() >> 20));
			}
		}

		/**
		 * Return the property that declares the type of the weak side, or null if the
		 * weak side has no type of the application.
		 */
		private static @Nullable String weakSide(WeakCacheKind kind) {
			return switch (kind) {
				case VALUES -> "value-type";
				case KEYS -> "key-type";
				case SET -> "element-type";
				case LOCKS -> null;
			};
		}

		private void validateReferents(@Nullable String weakSide) {
			if (weakSide == null) {
				return;
			}
			ReferentPolicy policy = Objects.requireNonNullElse(this.cache.referents(), this.defaults.getReferents());
			Class<?> type = type(this.cache, weakSide);
			if (policy == ReferentPolicy.STRICT && type != null) {
				String objection = isHolding() ? ReferentCheck.objectionToAllHeld(type)
						: ReferentCheck.objectionToAll(type);
				if (objection != null) {
					throw refused(weakSide,
							"With 'referents: strict' the cache would refuse every object of this class: %s. "
								.formatted(objection) + "Use another class, or 'referents: warn'.");
				}
			}
		}

		/** Whether the cache itself holds its values for a while. */
		private boolean isHolding() {
			return this.cache.kind() == WeakCacheKind.VALUES && Stream
				.of(this.cache.holdFor(), this.cache.holdMax(), this.defaults.getHoldFor(), this.defaults.getHoldMax())
				.anyMatch(Objects::nonNull);
		}

		private InvalidWeakrefPropertiesException refused(String option, String reason) {
			ConfiguredProperties.Setting setting = this.configured.setting(option);
			return invalid(this.configured.property(null) + "." + option, setting.value(), setting.origin(), reason);
		}

	}

	/**
	 * A property source with the options of one cache, from which they are bound.
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
