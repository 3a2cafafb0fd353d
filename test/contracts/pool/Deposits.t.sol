// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPoolDeposits} from "../../../contracts/interfaces/IPoolDeposits.sol";
import {StakingPool} from "../../../contracts/pool/StakingPool.sol";
import {Test} from "../support/Test.sol";
import {wiringOf} from "../support/WiringOf.sol";

/// @dev A pool whose booked total can be set, for the rates that rewards and losses will make.
contract PoolWithAnyRate is StakingPool {
    constructor() payable StakingPool(wiringOf(msg.sender, 1 days)) {}

    /// @dev `holdersWei` is the lowest 88 bits of the slot after ERC-20, EIP-712 and nonces.
    function setTotalAssets(uint88 assets) external {
        uint256 slot = TOTAL_ASSETS_SLOT;
        assembly {
            sstore(slot, or(shl(88, shr(88, sload(slot))), assets))
        }
    }

    uint256 private constant TOTAL_ASSETS_SLOT = 8;
}

contract StakingPoolTest is Test {
    PoolWithAnyRate private pool;

    function setUp() external {
        pool = new PoolWithAnyRate{value: 1 ether}();
        vm.deal(address(this), type(uint128).max);
    }

    /// @dev Ends a callback; also lets the mint's refund come back.
    receive() external payable {}

    function test_slotOfTheBookedTotalIsTheRightOne() external {
        pool.setTotalAssets(123 ether);
        check(pool.totalAssets() == 123 ether, "total set");
        check(pool.unallocatedWei() == 1 ether, "unallocated untouched");
        check(pool.totalSupply() == 1 ether, "supply untouched");
    }

    function testFuzz_depositGivesNoMoreThanItIsWorth(uint256 rate, uint256 assets) external {
        _setRate(rate);
        assets = bound(assets, 1 ether, 1e7 ether);
        uint256 shares = pool.deposit{value: assets}(assets, address(this));
        check(pool.convertToAssets(shares) <= assets, "deposit then convert back never profits");
        check(pool.balanceOf(address(this)) == shares, "shares minted");
    }

    function testFuzz_mintTakesNoLessThanItIsWorth(uint256 rate, uint256 shares) external {
        _setRate(rate);
        shares = bound(shares, 1 ether, 1e5 ether);
        uint256 before = address(this).balance;
        uint256 assets = pool.mint{value: 1.2e8 ether}(shares, address(this));
        check(pool.convertToAssets(shares) <= assets, "mint then convert back never profits");
        check(before - address(this).balance == assets, "the rest came back");
    }

    function testFuzz_mintTakesTheExactAmountAndNothingLess(uint256 rate, uint256 shares) external {
        _setRate(rate);
        shares = bound(shares, 1 ether, 1e5 ether);
        uint256 exact = pool.previewMint(shares);
        vm.expectPartialRevert(IPoolDeposits.InsufficientAssetsSent.selector);
        pool.mint{value: exact - 1}(shares, address(this));
        check(pool.mint{value: exact}(shares, address(this)) == exact, "all of it");
    }

    function testFuzz_depositNeverLowersTheRateOfOthers(uint256 rate, uint256 assets) external {
        _setRate(rate);
        (uint256 assetsBefore, uint256 sharesBefore) = (pool.totalAssets(), pool.totalSupply());
        assets = bound(assets, 1 ether, 1e7 ether);
        pool.deposit{value: assets}(assets, address(this));
        check(pool.totalAssets() * sharesBefore >= assetsBefore * pool.totalSupply(), "rate");
    }

    function testFuzz_previewsAreWhatHappens(uint256 rate, uint256 amount) external {
        _setRate(rate);
        amount = bound(amount, 1 ether, 1e5 ether);
        uint256 expectedShares = pool.previewDeposit(amount);
        check(pool.deposit{value: amount}(amount, address(this)) == expectedShares, "previewDeposit");
        uint256 expectedAssets = pool.previewMint(amount);
        check(pool.mint{value: 1.2e8 ether}(amount, address(this)) == expectedAssets, "previewMint");
    }

    function testFuzz_depositWorthNoShareIsRefused(uint256 assets) external {
        pool.setTotalAssets(1e6 ether);
        assets = bound(assets, 1, 999_999);
        vm.expectRevert(IPoolDeposits.ZeroAmount.selector);
        pool.deposit{value: assets}(assets, address(this));
    }

    /// @dev The attack on empty vaults: the first depositor gives ETH so that the next one's shares round to nothing.
    function testFuzz_donationInflatesNothing(uint96 donation, uint256 assets) external {
        vm.deal(address(pool), address(pool).balance + donation);
        assets = bound(assets, 1, 1e7 ether);
        check(pool.deposit{value: assets}(assets, address(this)) == assets, "rate is still one");
    }

    function test_refundOfMintLetsNobodyIn() external {
        _attack(0);
        _attack(1);
        _attack(2);
    }

    function _attack(uint8 way) private {
        Reenterer attacker = new Reenterer(pool, way);
        vm.deal(address(attacker), 10 ether);
        attacker.attack();
        check(attacker.entered(), "the refund called the attacker");
        check(attacker.reason() == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector, "guard");
    }

    function test_refundThatIsRefusedUndoesTheMint() external {
        Refuser refuser = new Refuser();
        vm.deal(address(refuser), 10 ether);
        vm.expectPartialRevert(IPoolDeposits.RefundFailed.selector);
        refuser.mint(pool);
        check(pool.balanceOf(address(refuser)) == 0, "nothing minted");
    }

    function _setRate(uint256 rate) private {
        // From a tenth to a thousand ETH a share.
        pool.setTotalAssets(uint88(bound(rate, 0.1 ether, 1000 ether)));
    }
}

/// @dev Uses the refund of `mint` to come in again.
contract Reenterer {
    StakingPool private immutable POOL;
    uint8 private immutable WAY;
    bool public entered;
    bytes4 public reason;

    constructor(StakingPool pool, uint8 way) {
        POOL = pool;
        WAY = way;
    }

    function attack() external {
        POOL.mint{value: 3 ether}(1 ether, address(this));
    }

    receive() external payable {
        entered = true;
        bytes memory call =
            WAY == 0
                ? abi.encodeCall(POOL.deposit, (1, address(this)))
                : WAY == 1
                    ? abi.encodeCall(POOL.mint, (1, address(this)))
                    : abi.encodeCall(POOL.mint, (0, address(this)));
        (bool success, bytes memory result) = address(POOL).call{value: 1}(call);
        if (!success) reason = bytes4(result);
    }
}

contract Refuser {
    function mint(StakingPool pool) external {
        pool.mint{value: 2 ether}(1 ether, address(this));
    }
}
