// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPoolBooks} from "../../../contracts/interfaces/IPoolBooks.sol";
import {IPoolRedemptions} from "../../../contracts/interfaces/IPoolRedemptions.sol";
import {StakingPool} from "../../../contracts/pool/StakingPool.sol";
import {PoolLedger} from "./PoolLedger.sol";

/// @dev Plays holders, report, manager, registry, slashings, guardian and verifiers. Simulated: the beacon chain is one
/// number, `validatorWei`.
contract PoolHandler is PoolLedger {
    /// @dev Several random steps a call, so that one run goes deep.
    uint256 private constant STEPS = 10;

    uint256 private _seed;

    constructor() {
        deployPool();
        bookedWei = liquidWei = 1 ether;
    }

    function POOL() external view returns (StakingPool) {
        return pool;
    }

    function actor(uint256 i) external view returns (address) {
        return actors[i % 4];
    }

    function play(uint256 seed) external step {
        _seed = seed;
        for (uint256 i = 0; i < STEPS; i++) {
            uint256 dice = _random(100);
            if (dice < 14) _deposit();
            else if (dice < 28) _request();
            else if (dice < 36) _fill();
            else if (dice < 48) _claim();
            else if (dice < 56) _start();
            else if (dice < 68) _finish();
            else if (dice < 80) _time();
            else if (dice < 88) _fund();
            else _others();
        }
    }

    // Holders

    function _deposit() private keepsRate("deposit") {
        address holder = _actor();
        uint256 assets = _amount(1, 2_000 ether);
        IPoolBooks.Stops memory stops = pool.stops();
        bool stopped =
            block.timestamp < stops.frozenUntil ||
                block.timestamp < stops.pausedUntil ||
                block.timestamp < stops.quarantinedUntil ||
                block.timestamp >= stops.depositsCloseAt;
        check((pool.maxDeposit(holder) == 0) == (stopped || pool.totalAssets() == 0), "maxDeposit tells the stop");
        if (pool.maxDeposit(holder) == 0 || pool.previewDeposit(assets) == 0) return;
        if (_random(4) == 0) return _mint(holder, pool.previewDeposit(assets));
        uint256 shares = deposit(holder, assets);
        check(pool.convertToAssets(shares) <= assets, "I15: in and out never profits");
        bookedWei += assets;
        liquidWei += assets;
    }

    function _mint(address holder, uint256 shares) private {
        uint256 assets = pool.previewMint(shares);
        vm.deal(holder, holder.balance + assets + 1 ether);
        uint256 before = holder.balance;
        vm.prank(holder);
        check(pool.mint{value: assets + 1 ether}(shares, holder) == assets, "preview");
        check(before - holder.balance == assets, "the excess came back");
        check(pool.convertToAssets(shares) <= assets, "I15: mint");
        bookedWei += assets;
        liquidWei += assets;
        reached["mint"]++;
    }

    function _request() private keepsRate("request") {
        (address owner, address controller) = (_actor(), _actor());
        uint256 minimum = pool.minimumRequestShares();
        uint256 balance = pool.balanceOf(owner);
        if (balance < minimum || balance == 0) return;
        uint256 shares = _amount(minimum == 0 ? 1 : minimum, balance);
        vm.prank(owner);
        uint256 cycleId = pool.requestRedeem(shares, controller, owner);
        check(_cycleCap[cycleId] == 0, "a closed cycle takes no requests");
        _requested[controller][cycleId] += shares;
        _cycleShares[cycleId] += shares;
    }

    function _fill() private keepsRate("fill") {
        bool stopped = open || block.timestamp < pool.stops().frozenUntil;
        (uint256 total, uint256 supply) = (pool.totalAssets(), pool.totalSupply());
        uint256 first = pool.oldestOpenCycle();
        uint256 maxCycles = 1 + _random(3);
        try pool.fill(maxCycles) returns (uint256 paidWei) {
            check(!stopped, "I16: filled while stopped");
            uint256 sum;
            uint256 shares;
            for (uint256 id = first; id < first + maxCycles && id < pool.currentCycle(); id++) {
                (uint256 s, uint256 p) = _recordFill(id, total, supply, paidWei - sum);
                (shares, sum) = (shares + s, sum + p);
            }
            check(sum == paidWei, "what was paid is what the cycles got");
            check(supply - pool.totalSupply() == shares, "filled shares are burnt");
            bookedWei -= paidWei;
            liquidWei -= paidWei;
            reservedWei += paidWei;
            _carriedWei = (_carriedWei * (supply - shares)) / supply;
            reached["filled"]++;
            if (pool.oldestOpenCycle() > first + 1) reached["several cycles filled"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
            reached["fill refused"]++;
        }
    }

    /// @dev The price is recomputed from cap and rates; only the number of shares is the pool's.
    function _recordFill(
        uint256 id,
        uint256 total,
        uint256 supply,
        uint256 leftWei
    ) private returns (uint256 shares, uint256 paidWei) {
        shares = pool.cycle(id).filledShares - _cycleFilled[id];
        if (shares == 0) return (0, 0);
        uint256 price = (total * RAY) / supply;
        if (_finishRate < price) price = _finishRate;
        if (_cycleCap[id] < price) {
            price = _cycleCap[id];
            reached["cap below the rate"]++;
        } else if (price < _cycleCap[id]) {
            reached["rate below the cap"]++;
        }
        paidWei = (shares * price) / RAY;
        check(paidWei <= leftWei, "I8: not above cap or rates");
        _cycleFilled[id] += shares;
        check(_cycleFilled[id] <= _cycleShares[id], "more than was asked");
        if (_cycleFilled[id] < _cycleShares[id]) reached["partly filled"]++;
        _fills.push(LedgerFill(id, shares, paidWei));
    }

    function _claim() private keepsRate("claim") {
        address controller = _actor();
        (uint256 shares, uint256 assets) = (pool.maxRedeem(controller), pool.maxWithdraw(controller));
        uint256 before = controller.balance;
        uint256 way = _random(4);
        vm.prank(controller);
        if (way == 0) pool.redeem(shares, controller, controller);
        else if (way == 1) pool.redeem(_amount(0, shares), controller, controller);
        else if (way == 2) pool.withdraw(_amount(0, assets), controller, controller);
        else _claimCycles(controller);
        uint256 paid = controller.balance - before;
        _claimedWei[controller] += paid;
        reservedWei -= paid;
        if (paid > 0) reached["paid"]++;
        if (paid > 0 && pool.maxWithdraw(controller) > 0) reached["claimed in part"]++;
    }

    function _claimCycles(address controller) private {
        uint256[] memory ids = new uint256[](3);
        uint256 current = pool.currentCycle();
        for (uint256 i = 0; i < 3; i++) ids[i] = 1 + _random(current);
        vm.prank(controller);
        pool.claim(ids, controller, controller);
    }

    // Reports

    function _start() private keepsRate("start") {
        // Some validators leave or pay rewards out, and somebody gives ETH.
        uint256 leavingWei = _random(3) == 0 ? _amount(0, validatorWei / 4) : 0;
        uint256 givenWei = _random(4) == 0 ? _amount(0, 1 ether) : 0;
        validatorWei -= leavingWei;
        arrive(leavingWei);
        vm.deal(address(pool), address(pool).balance + givenWei);
        uint256 current = pool.currentCycle();
        uint256 cap = (pool.totalAssets() * RAY) / pool.totalSupply();
        if (open) reached["report replaced"]++;
        (uint256 booked, uint256 liquid) = pool.openReport();
        liquidWei = liquid;
        check(booked == bookedWei, "I3: booked total at the start");
        check(liquid == address(pool).balance - reservedWei, "liquid is what is there but claims");
        _provenWei = validatorWei + liquid;
        _bookedAtStartWei = booked;
        open = true;
        if (pool.currentCycle() != current) _cycleCap[current] = cap;
        check((pool.currentCycle() != current) == (_cycleShares[current] > 0), "no empty cycle is closed");
    }

    function _finish() private {
        if (!open) return;
        // Rewards or losses since are news for the next report.
        (uint256 total, uint256 supply) = (pool.totalAssets(), pool.totalSupply());
        IPoolBooks.BooksNow memory books = pool.books();
        uint256 feeShares = pool.balanceOf(address(fees)) + pool.balanceOf(GOVERNANCE);
        int256 difference = int256(_provenWei) - int256(_bookedAtStartWei);
        pool.finishReport(difference);
        open = false;
        bookedWei = uint256(int256(bookedWei) + difference);
        check(bookedWei == pool.bookedWei(), "I3: snapshot, difference and flows");
        feeShares = pool.balanceOf(address(fees)) + pool.balanceOf(GOVERNANCE) - feeShares;
        if (total > 0) _feeWei += (feeShares * total) / supply;
        if (feeShares > 0) reached["fees minted"]++;

        uint256 buffer = books.coverWei + books.unstreamedNetWei + books.unstreamedFeeWei;
        uint256 lossWei = difference < 0 ? uint256(-difference) : 0;
        uint256 fallWei = lossWei > buffer ? lossWei - buffer : 0;
        check(books.coverWei == _coverWei, "cover is what bonds were worth");
        // I1, I2: the total falls by what no buffer took; fee shares bring their own wei.
        uint256 expected = total + books.dueFeeWei - fallWei;
        if (total > 0) near(pool.totalAssets(), expected, 3, "I1, I2: finish moves the rate by the loss only");
        _carriedWei += fallWei;
        if (difference > 0) {
            uint256 recovered = uint256(difference) < _carriedWei ? uint256(difference) : _carriedWei;
            _carriedWei -= recovered;
            _gainAboveMarkWei += uint256(difference) - recovered;
            if (recovered > 0) reached["loss made up for"]++;
            reached["gain"]++;
        }
        if (fallWei > 0) reached["loss"]++;
        if (lossWei > 0 && fallWei == 0) reached["loss within the buffers"]++;
        _coverWei = 0;
        _finishRate = (pool.totalAssets() * RAY) / pool.totalSupply();
        reached["finish"]++;
    }

    /// @dev Time, with the beacon chain's rewards and now and then a slashing. Between reports only the stream moves
    /// the rate.
    function _time() private {
        (uint256 total, uint256 supply) = (pool.totalAssets(), pool.totalSupply());
        uint256 elapsed = _random(3 days);
        vm.warp(block.timestamp + elapsed);
        check(pool.totalSupply() == supply && pool.totalAssets() >= total, "I2: time never lowers the rate");
        // One wei more for each rounding.
        check(pool.totalAssets() <= total + (total * elapsed) / 3_650 days + 2, "I2: a tenth a year at most");
        if (pool.totalAssets() > total) reached["streamed"]++;
        if (_random(10) == 0) {
            validatorWei -= _amount(0, validatorWei / 10);
            reached["slashed"]++;
        } else {
            validatorWei += (validatorWei * elapsed) / 1_000 days;
        }
    }

    // The other contracts

    function _others() private {
        uint256 dice = _random(7);
        if (dice == 0) _burnBond();
        else if (dice == 1) _mintFees();
        else if (dice == 2) _burnFees();
        else if (dice == 3) pool.setReportClock(_random(2) == 0);
        else if (dice == 4) _transfer();
        else _stop();
    }

    function _fund() private keepsRate("fund") {
        uint256 amount = pool.availableWei();
        if (amount == 0) return;
        bool topUps = pool.acceptsTopUps();
        amount = _amount(1, amount);
        try pool.fundTopUp(amount) {
            check(topUps, "I16: funded while stopped");
            liquidWei -= amount;
            validatorWei += amount;
            reached["funded"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
            check(!topUps, "refused without a stop");
        }
    }

    function _burnBond() private keepsRate("burn bond") {
        address holder = _actor();
        uint256 shares = pool.balanceOf(holder) / 50;
        uint256 supply = pool.totalSupply();
        vm.prank(holder);
        pool.transfer(REGISTRY, shares);
        _coverWei += (shares * pool.totalAssets()) / supply;
        vm.prank(REGISTRY);
        pool.burnBond(shares);
        _carriedWei = (_carriedWei * (supply - shares)) / supply;
        if (shares > 0) reached["bond burnt"]++;
    }

    function _mintFees() private keepsRate("mint fees") {
        (uint256 total, uint256 supply) = (pool.totalAssets(), pool.totalSupply());
        pool.mintFees();
        if (total > 0) _feeWei += ((pool.totalSupply() - supply) * total) / supply;
        if (pool.totalSupply() > supply) reached["fees minted"]++;
    }

    function _burnFees() private keepsRate("burn fees") {
        uint256 supply = pool.totalSupply();
        uint256 shares = pool.balanceOf(address(fees)) / 3;
        fees.burn(pool, shares);
        _carriedWei = (_carriedWei * (supply - shares)) / supply;
        if (shares > 0) reached["fees burnt"]++;
    }

    function _transfer() private keepsRate("transfer") {
        address from = _actor();
        uint256 shares = _amount(0, pool.balanceOf(from));
        vm.prank(from);
        pool.transfer(_actor(), shares);
    }

    function _stop() private {
        uint256 dice = _random(4);
        uint64 until = uint64(block.timestamp + _random(3 days));
        if (dice == 0) pool.freeze(until);
        else if (dice == 1) pool.unfreeze();
        else if (dice == 2) pool.pause(until);
        else pool.quarantine(until);
        reached["stop"]++;
    }

    // Dice

    function _actor() private returns (address) {
        return actors[_random(4)];
    }

    function _random(uint256 range) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % range;
    }

    /// @dev Small, large and extreme amounts alike.
    function _amount(uint256 minimum, uint256 maximum) private returns (uint256) {
        if (maximum <= minimum) return maximum < minimum ? maximum : minimum;
        uint256 kind = _random(8);
        if (kind == 0) return minimum;
        if (kind == 1) return maximum;
        return minimum + (_random(type(uint256).max) % (maximum - minimum + 1));
    }
}
