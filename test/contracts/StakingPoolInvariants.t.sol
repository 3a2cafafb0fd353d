// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StakingPool} from "../../contracts/pool/StakingPool.sol";
import {Test} from "./support/Test.sol";
import {wiringOf} from "./support/WiringOf.sol";

/// @dev Plays depositors and ValidatorManager, and keeps its own ledger of what must be true.
contract PoolHandler is Test {
    StakingPool public immutable POOL;
    address[3] public holders = [address(0x1001), address(0x1002), address(0x1003)];

    uint256 public ledgerAssets;
    uint256 public ledgerUnallocated;
    uint256 public ledgerShares;
    mapping(string action => uint256) public calls;

    constructor() payable {
        POOL = new StakingPool{value: 1 ether}(wiringOf(address(this), 1 days));
        ledgerAssets = ledgerUnallocated = ledgerShares = 1 ether;
    }

    receive() external payable {}

    function deposit(uint256 holder, uint256 assets) external {
        assets = bound(assets, 1, 10_000 ether);
        address sender = _sender(holder, assets);
        uint256 shares = POOL.deposit{value: assets}(assets, sender);
        _entered(assets, shares);
        calls["deposit"]++;
    }

    function mint(uint256 holder, uint256 shares, uint256 excess) external {
        shares = bound(shares, 1, 10_000 ether);
        uint256 value = POOL.previewMint(shares) + bound(excess, 0, 1 ether);
        address sender = _sender(holder, value);
        uint256 assets = POOL.mint{value: value}(shares, sender);
        check(sender.balance == value - assets, "the excess came back");
        _entered(assets, shares);
        calls["mint"]++;
    }

    function fund(uint256 amountWei) external {
        amountWei = bound(amountWei, 0, ledgerUnallocated);
        uint256 before = address(this).balance;
        POOL.fundTopUp(amountWei);
        check(address(this).balance == before + amountWei, "the manager got it");
        ledgerUnallocated -= amountWei;
        calls["fund"]++;
    }

    function donate(uint96 amountWei) external {
        vm.deal(address(POOL), address(POOL).balance + amountWei);
        calls["donate"]++;
    }

    function transfer(uint256 from, uint256 to, uint256 shares) external {
        address sender = holders[from % 3];
        shares = bound(shares, 0, POOL.balanceOf(sender));
        vm.prank(sender);
        POOL.transfer(holders[to % 3], shares);
        calls["transfer"]++;
    }

    function _sender(uint256 holder, uint256 balance) private returns (address sender) {
        sender = holders[holder % 3];
        vm.deal(sender, balance);
        vm.prank(sender);
    }

    function _entered(uint256 assets, uint256 shares) private {
        ledgerAssets += assets;
        ledgerUnallocated += assets;
        ledgerShares += shares;
    }
}

contract StakingPoolInvariants is Test {
    PoolHandler private handler;
    StakingPool private pool;

    function setUp() external {
        vm.deal(address(this), 1 ether);
        handler = new PoolHandler{value: 1 ether}();
        pool = handler.POOL();
        targetContract(address(handler));
    }

    function invariant_bookedAssetsAreWhatCameIn() external view {
        check(pool.totalAssets() == handler.ledgerAssets(), "total assets");
        check(pool.unallocatedWei() == handler.ledgerUnallocated(), "unallocated");
    }

    function invariant_sharesOfAllHoldersAreTheSupply() external view {
        uint256 sum = pool.balanceOf(0x000000000000000000000000000000000000dEaD);
        for (uint256 i = 0; i < 3; i++) {
            sum += pool.balanceOf(handler.holders(i));
        }
        check(sum == pool.totalSupply(), "sum");
        check(sum == handler.ledgerShares(), "ledger");
    }

    /// @dev Nothing here brings rewards or losses, so the rate stays one whatever is given or taken.
    function invariant_rateIsOne() external view {
        check(pool.totalAssets() == pool.totalSupply(), "rate");
    }

    function invariant_unallocatedEtherIsThere() external view {
        check(address(pool).balance >= pool.unallocatedWei(), "balance");
        check(pool.unallocatedWei() <= pool.totalAssets(), "part of the total");
    }

    function afterInvariant() external view {
        string[5] memory actions = ["deposit", "mint", "fund", "donate", "transfer"];
        for (uint256 i = 0; i < actions.length; i++) {
            check(handler.calls(actions[i]) > 0, string.concat("never reached: ", actions[i]));
        }
    }
}
