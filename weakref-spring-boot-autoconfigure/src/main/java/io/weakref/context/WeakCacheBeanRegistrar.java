package io.weakref.context;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakCollection;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Registers a bean for each declared weak cache, with its name and its type arguments.
 * <p>
 * If the application has a bean with the name of a declared cache, whatever its type, no
 * cache is created. A child context does not create caches that its parent declares.
 * Ahead-of-time processing skips the definitions. They are registered at run time, so
 * that a cache can be declared then.
 *
 * @since 0.1.0
 */
public final class WeakCacheBeanRegistrar implements BeanDefinitionRegistryPostProcessor {

	private static final Log logger = LogFactory.getLog(WeakCacheBeanRegistrar.class);

	private final Function<ClassLoader, ? extends Collection<WeakCacheDeclaration>> source;

	private final List<WeakCacheDeclaration> registered = new ArrayList<>();

	private final Set<Class<?>> types = new LinkedHashSet<>();

	/**
	 * Create a registrar.
	 * @param source returns the declarations, with classes that are loaded by the given
	 * class loader, which is that of the bean factory
	 */
	public WeakCacheBeanRegistrar(Function<ClassLoader, ? extends Collection<WeakCacheDeclaration>> source) {
		this.source = Objects.requireNonNull(source, "source");
	}

	/**
	 * Return the declarations that became beans, without those whose name was already
	 * taken by a bean of the application.
	 * @return the declarations
	 */
	public List<WeakCacheDeclaration> registered() {
		return List.copyOf(this.registered);
	}

	/**
	 * Return the classes that declarations name. They must be found by name at run time.
	 */
	Set<Class<?>> types() {
		return Set.copyOf(this.types);
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		ConfigurableListableBeanFactory beanFactory = (ConfigurableListableBeanFactory) registry;
		for (WeakCacheDeclaration declaration : this.source.apply(classLoader(beanFactory))) {
			this.types.addAll(declaration.types());
			if (SpringBeanNames.includes(declaration.name(), beanFactory)) {
				throw new WeakCacheNameReservedException(declaration.name(), declaration.origin());
			}
			if (registry.isBeanNameInUse(declaration.name()) || beanFactory.containsSingleton(declaration.name())) {
				logger.info("No weak cache created for '%s': the application has a bean named '%s'"
					.formatted(declaration.origin(), declaration.name()));
			}
			else if (!isLeftToParent(beanFactory.getParentBeanFactory(), declaration)) {
				registry.registerBeanDefinition(declaration.name(), declared(declaration, beanFactory));
				this.registered.add(declaration);
			}
		}
	}

	private static ClassLoader classLoader(ConfigurableListableBeanFactory beanFactory) {
		ClassLoader classLoader = beanFactory.getBeanClassLoader();
		return (classLoader != null) ? classLoader
				: Objects.requireNonNull(ClassUtils.getDefaultClassLoader(), "no class loader");
	}

	private static boolean isLeftToParent(@Nullable BeanFactory parent, WeakCacheDeclaration declaration) {
		return parent != null && parent.getBeanProvider(WeakCacheRegistry.class).stream().findAny().isPresent()
				&& parent.containsBean(declaration.name());
	}

	private static BeanDefinition declared(WeakCacheDeclaration declaration, BeanFactory beanFactory) {
		RootBeanDefinition definition = definition(declaration.kind(),
				() -> beanFactory.getBean(WeakCacheRegistry.class).declare(declaration));
		ResolvableType beanType = declaration.beanType();
		if (beanType != null) {
			definition.setTargetType(beanType);
		}
		else {
			definition.setDefaultCandidate(false);
		}
		definition.setResourceDescription(declaration.origin());
		return definition;
	}

	@SuppressWarnings({ "unchecked", "NullAway" })
	static RootBeanDefinition definition(WeakCacheKind kind, Supplier<@Nullable WeakCollection> supplier) {
		RootBeanDefinition definition = new RootBeanDefinition((Class<WeakCollection>) kind.collectionType(), supplier);
		definition.setRole(BeanDefinition.ROLE_APPLICATION);
		definition.setAttribute(BeanRegistrationAotProcessor.IGNORE_REGISTRATION_ATTRIBUTE, true);
		return definition;
	}

}
