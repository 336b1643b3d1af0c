# The boot CD: GRUB, the kernel, and every file of $(BUILD)/modules as a boot module. Whoever makes
# a module adds it to MODULES. The image is small (only the parts of GRUB that grub.cfg uses) and
# reproducible: the same inputs give the same bytes.

MODULES ?=
ISO_TREE   := $(BUILD)/iso.d
ISO_EPOCH  := 946684800
ISO_DATE   := 2000010100000000
GRUB_PARTS := multiboot2 normal serial terminfo iso9660 biosdisk terminal smbios regexp test boot

$(BUILD)/tokos.iso: $(BUILD)/tokos.elf iso/grub.cfg mk/iso.mk $(MODULES) | tools-ready
	@rm -rf $(ISO_TREE)
	@mkdir -p $(ISO_TREE)/boot/grub $(ISO_TREE)/modules $(BUILD)/modules
	cp $(BUILD)/tokos.elf $(ISO_TREE)/boot/tokos.elf
	cp iso/grub.cfg $(ISO_TREE)/boot/grub/grub.cfg
	cp -R $(BUILD)/modules/. $(ISO_TREE)/modules
	find $(ISO_TREE) -exec touch -d @$(ISO_EPOCH) {} +
	SOURCE_DATE_EPOCH=$(ISO_EPOCH) grub-mkrescue -d /usr/lib/grub/i386-pc \
	    --install-modules="$(GRUB_PARTS)" --fonts= --themes= --locales= -o $@ $(ISO_TREE) \
	    -- -volume_date all_file_dates =$(ISO_EPOCH) -volume_date uuid $(ISO_DATE) \
	    > $(BUILD)/iso.log 2>&1 || { cat $(BUILD)/iso.log; exit 1; }

.PHONY: iso
iso: $(BUILD)/tokos.iso ## build the boot CD, build/tokos.iso
