package io.weakref.context;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.AbstractApplicationContext;

/**
 * Knows the bean names that are reserved for Spring and this library: the names of their
 * own beans, and the names under which Spring looks up optional beans of a certain type.
 */
final class SpringBeanNames {

	private static final Set<String> LOOKED_UP = Set.of(AbstractApplicationContext.MESSAGE_SOURCE_BEAN_NAME,
			AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME,
			AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME,
			ConfigurableApplicationContext.CONVERSION_SERVICE_BEAN_NAME,
			ConfigurableApplicationContext.LOAD_TIME_WEAVER_BEAN_NAME,
			ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME,
			ConfigurableApplicationContext.SYSTEM_PROPERTIES_BEAN_NAME,
			ConfigurableApplicationContext.SYSTEM_ENVIRONMENT_BEAN_NAME,
			ConfigurableApplicationContext.APPLICATION_STARTUP_BEAN_NAME,
			ConfigurableApplicationContext.BOOTSTRAP_EXECUTOR_BEAN_NAME, "taskExecutor", "taskScheduler",
			// web
			"multipartResolver", "localeResolver", "handlerMapping", "handlerAdapter", "handlerExceptionResolver",
			"viewNameTranslator", "viewResolver", "flashMapManager", "webHandler", "webSessionManager",
			"serverCodecConfigurer", "localeContextResolver",
			// this library
			"weakCacheRegistry", "weakCleaner", "weakrefCleanerExecutor", "weakCacheManager");

	private SpringBeanNames() {
	}

	/**
	 * Return whether a name is reserved and the application has not defined a bean with
	 * that name itself.
	 */
	static boolean includes(String name, ConfigurableListableBeanFactory beanFactory) {
		if (beanFactory.containsBeanDefinition(name)) {
			BeanDefinition definition = beanFactory.getBeanDefinition(name);
			String owner = owner(definition);
			return (owner != null)
					? owner.startsWith("org.springframework.")
							|| (owner.startsWith("io.weakref.") && LOOKED_UP.contains(name))
					: definition.getRole() == BeanDefinition.ROLE_INFRASTRUCTURE;
		}
		Object singleton = beanFactory.getSingleton(name);
		return LOOKED_UP.contains(name)
				|| (singleton != null && singleton.getClass().getName().startsWith("org.springframework."));
	}

	/**
	 * Return the class whose method creates a bean, or null if no method does.
	 */
	private static @Nullable String owner(BeanDefinition definition) {
		return (definition instanceof AnnotatedBeanDefinition annotated && annotated.getFactoryMethodMetadata() != null)
				? annotated.getFactoryMethodMetadata().getDeclaringClassName() : null;
	}

}
